package dev.outrider.sidecar.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.redis.RedisUnavailable.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** Calls as fast as they go, of many at once, while Redis is harmed at random. */
class HarmedRedisIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long SEED = 20261128;
    private static final int HARMS = 15;
    private static final int CALLERS = 64;
    private static final Script COUNT = new Script("count", "return redis.call('incr', KEYS[1])");

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger callers = new AtomicInteger(CALLERS);
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final CompletableFuture<Throwable> strange = new CompletableFuture<>();

    @Test
    void everyCallEndsOnceAndNothingIsLeftBehind() throws IOException {
        Random random = new Random(SEED);
        try (RedisServer server = RedisServer.start();
                RedisClientRig rig =
                        new RedisClientRig(
                                RedisClientRig.with(
                                        RedisClientRig.single(server), Duration.ofMillis(5)))) {
            await().atMost(PATIENCE).until(() -> rig.redis.status().connected() == 2);
            for (int i = 0; i < CALLERS; i++) {
                String key = "k" + i;
                rig.onLoop(() -> call(rig, key), 0);
            }
            for (int i = 0; i < HARMS; i++) {
                harm(server, random.nextInt(5));
                long before = answered.sum();
                await().atMost(PATIENCE).until(() -> answered.sum() > before + CALLERS);
            }
            over.set(true);
            await().atMost(PATIENCE).until(() -> callers.get() == 0);
            await().atMost(PATIENCE).until(() -> rig.redis.status().pending() == 0);
            assertThat(strange).isNotDone();
            RedisStatus status = rig.redis.status();
            long failures = status.failures().values().stream().mapToLong(each -> each).sum();
            // PINGs are calls too.
            assertThat(status.calls()).isGreaterThanOrEqualTo(answered.sum() + failed.sum());
            assertThat(failures).isGreaterThanOrEqualTo(failed.sum());
            assertThat(rig.failures(Reason.ERROR)).isZero();
            assertThat(rig.failures(Reason.QUEUE_FULL)).isZero();
        }
    }

    /** Again and again. After a failure a moment later, or its loop would do nothing else. */
    private void call(RedisClientRig rig, String key) {
        if (over.get()) {
            callers.decrementAndGet();
            return;
        }
        rig.redis
                .run(COUNT, List.of(key), List.of())
                .whenComplete((_, error) -> {
                    if (error == null) {
                        answered.increment();
                    } else if (error instanceof RedisUnavailable) {
                        failed.increment();
                    } else {
                        strange.complete(error);
                    }
                    rig.onLoop(() -> call(rig, key), error == null ? 0 : 1);
                });
    }

    private static void harm(RedisServer server, int kind) throws IOException {
        switch (kind) {
            case 0 -> {
                server.pause();
                // As long as a process takes to start and end, some budgets.
                RedisServer.run(List.of("redis-cli", "--version"));
                server.resume();
            }
            case 1 -> {
                server.kill();
                server.restart();
            }
            case 2 -> server.cli("client", "kill", "type", "normal");
            case 3 -> server.cli("script", "flush");
            default -> server.cli("flushall");
        }
    }
}
