package dev.outrider.sidecar.discover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LookupQueueTest {
    private static final int MOST = 3;

    private final LookupQueue queue = new LookupQueue(MOST);
    private final List<Integer> begun = new ArrayList<>();

    @Test
    void whoIsForgottenNeverBegins() {
        List<Runnable> all =
                IntStream.range(0, MOST + 2).<Runnable>mapToObj(i -> () -> begun.add(i)).toList();
        all.forEach(queue::enter);
        assertThat(queue.forget(all.getFirst())).isFalse();
        assertThat(queue.forget(all.get(MOST))).isTrue();
        queue.leave();
        assertThat(begun).hasSize(MOST + 1).endsWith(MOST + 1);
    }

    @Test
    void soManyAreUnderWayAndTheOthersWaitInOrder() {
        IntStream.range(0, MOST + 2).forEach(i -> queue.enter(() -> begun.add(i)));
        assertThat(begun).hasSize(MOST);
        queue.leave();
        assertThat(begun).hasSize(MOST + 1).endsWith(MOST);
        queue.leave();
        assertThat(begun).hasSize(MOST + 2).endsWith(MOST + 1);
        queue.leave();
        queue.enter(() -> begun.add(-1));
        assertThat(begun).endsWith(-1);
        queue.enter(() -> begun.add(-2));
        assertThat(begun).endsWith(-1);
    }
}
