package dev.outrider.sidecar.redis;

import io.lettuce.core.AbstractRedisClient;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lettuce's client, made at the first attempt to connect, which is on no loop: making it loads some
 * hundred classes. Any thread; whoever closes it while it is made does not lose it.
 */
final class LazyClient<T extends AbstractRedisClient> {
    private final Supplier<T> maker;
    private volatile @Nullable T made;
    private volatile boolean closed;

    LazyClient(Supplier<T> maker) {
        this.maker = maker;
    }

    /** By one thread at a time. */
    T get() {
        T client = made;
        if (client == null) {
            client = maker.get();
            made = client;
            if (closed) {
                shut(client);
            }
        }
        return client;
    }

    /** Null before the first attempt. */
    @Nullable T ifMade() {
        return made;
    }

    void close() {
        closed = true;
        T client = made;
        if (client != null) {
            shut(client);
        }
    }

    private static void shut(AbstractRedisClient client) {
        var _ = client.shutdownAsync(0, 0, TimeUnit.SECONDS);
        var _ = client.getResources().shutdown(0, 0, TimeUnit.SECONDS);
    }
}
