package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.time.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class StartWaitTest {
    private final CompletableFuture<Boolean> there = new CompletableFuture<>();

    private StartWait wait(Duration longest) {
        return new StartWait(new There(), longest, new FakeTicker());
    }

    private final class There implements StartWait.Needs {
        @Override
        public boolean missing(String service) {
            return !there.isDone();
        }

        @Override
        public CompletionStage<?> complete(String service) {
            return there;
        }
    }

    @Test
    void holdsUntilNothingIsMissing() {
        StartWait wait = wait(Duration.ofMinutes(1));
        CompletionStage<?> held = Objects.requireNonNull(wait.hold("orders", null));
        assertThat(wait.waiting()).isEqualTo(1);
        there.complete(true);
        assertThat(held.toCompletableFuture()).isDone();
        assertThat(wait.waiting()).isZero();
        assertThat(wait.hold("orders", null)).isNull();
    }

    @Test
    void holdsNobodyWhereItMayNotWait() {
        assertThat(wait(Duration.ZERO).hold("orders", null)).isNull();
        assertThat(there.getNumberOfDependents()).isZero();
    }

    @Test
    void leavesNoMoreBehindThanMayWait() {
        StartWait wait = wait(Duration.ofMinutes(1));
        List<CompletionStage<?>> held = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            CompletionStage<?> each = wait.hold("orders", null);
            if (each != null) {
                held.add(each);
            }
        }
        assertThat(held).hasSize(1024);
        assertThat(there.getNumberOfDependents()).isEqualTo(1024);
        there.complete(true);
        assertThat(held).allSatisfy(each -> assertThat(each.toCompletableFuture()).isDone());
    }

    @Test
    void leavesNothingBehindOnceItHasWaitedInVain() {
        StartWait wait = wait(Duration.ofMillis(1));
        assertThat(wait.hold("orders", null)).isNotNull();
        await().until(() -> wait.waiting() == 0);
        int before = there.getNumberOfDependents();
        for (int i = 0; i < 100; i++) {
            assertThat(wait.hold("orders", null)).isNull();
        }
        assertThat(there.getNumberOfDependents()).isEqualTo(before);
    }
}
