package dev.outrider.sidecar.discover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LookupQueueTest {
    private final LookupQueue queue = new LookupQueue();
    private final List<Integer> begun = new ArrayList<>();

    @Test
    void soManyAreUnderWayAndTheOthersWaitInOrder() {
        IntStream.range(0, LookupQueue.MOST + 2).forEach(i -> queue.enter(() -> begun.add(i)));
        assertThat(begun).hasSize(LookupQueue.MOST);
        queue.leave();
        assertThat(begun).hasSize(LookupQueue.MOST + 1).endsWith(LookupQueue.MOST);
        queue.leave();
        assertThat(begun).hasSize(LookupQueue.MOST + 2).endsWith(LookupQueue.MOST + 1);
        queue.leave();
        queue.enter(() -> begun.add(-1));
        assertThat(begun).endsWith(-1);
        queue.enter(() -> begun.add(-2));
        assertThat(begun).endsWith(-1);
    }
}
