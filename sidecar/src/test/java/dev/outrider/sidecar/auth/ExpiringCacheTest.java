package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class ExpiringCacheTest {
    private final Object basis = new Object();
    private final ExpiringCache<String, String> cache = new ExpiringCache<>(3);

    @Test
    void forgetsAtTheMomentSaid() {
        cache.put("a", "1", basis, 10);
        assertThat(cache.get("a", basis, 9)).isEqualTo("1");
        assertThat(cache.get("a", basis, 10)).isNull();
        assertThat(cache.size()).isZero();
    }

    @Test
    void forgetsWhatWasComputedFromSomethingElse() {
        cache.put("a", "1", basis, 10);
        assertThat(cache.get("a", new Object(), 0)).isNull();
    }

    @Test
    void theEldestMakeRoom() {
        for (int i = 0; i < 10; i++) {
            cache.put("k" + i, "v" + i, basis, 10);
        }
        assertThat(cache.size()).isEqualTo(3);
        assertThat(cache.get("k6", basis, 0)).isNull();
        assertThat(cache.get("k9", basis, 0)).isEqualTo("v9");
    }

    @Test
    void aKeyPutAgainIsNotPushedOutForItsOldEntry() {
        cache.put("a", "old", basis, 10);
        cache.put("b", "b", basis, 10);
        cache.put("a", "new", basis, 10);
        cache.put("c", "c", basis, 10);
        assertThat(cache.get("a", basis, 0)).isEqualTo("new");
    }

    @Test
    void staysBoundedUnderManyWriters() throws InterruptedException {
        ExpiringCache<String, String> shared = new ExpiringCache<>(50);
        int writers = 4;
        CountDownLatch done = new CountDownLatch(writers);
        for (int w = 0; w < writers; w++) {
            int writer = w;
            Thread.ofVirtual()
                    .start(() -> {
                        for (int i = 0; i < 5000; i++) {
                            String key = "k" + (i * writer) % 300;
                            shared.put(key, key, basis, 10);
                            shared.get(key, basis, 0);
                        }
                        done.countDown();
                    });
        }
        done.await();
        assertThat(shared.size()).isLessThanOrEqualTo(50);
    }
}
