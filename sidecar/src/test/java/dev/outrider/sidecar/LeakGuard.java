package dev.outrider.sidecar;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails the test class after which a buffer is found that nobody released. Registered for every
 * test by META-INF/services; detection runs at paranoid, so every buffer is watched.
 */
public final class LeakGuard implements BeforeAllCallback, AfterAllCallback {
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
    private static final int ROUNDS = 3;

    @Override
    public void beforeAll(ExtensionContext context) {
        if (!(ResourceLeakDetectorFactory.instance() instanceof Factory)) {
            ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory());
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        for (int i = 0; i < ROUNDS && LEAKS.isEmpty(); i++) {
            System.gc();
            // Detectors look at what the collector found whenever they track a further buffer.
            touch(ByteBufAllocator.DEFAULT);
            touch(PooledByteBufAllocator.DEFAULT);
        }
        if (!LEAKS.isEmpty()) {
            String leaks = String.join("\n\n", LEAKS);
            LEAKS.clear();
            throw new AssertionError("buffers were not released:\n" + leaks);
        }
    }

    private static void touch(ByteBufAllocator allocator) {
        for (int i = 0; i < 8; i++) {
            ByteBuf buffer = allocator.directBuffer(64);
            buffer.release();
            allocator.heapBuffer(64).release();
            allocator.compositeBuffer().release();
        }
    }

    /** Makes detectors that remember what they report. */
    private static final class Factory extends ResourceLeakDetectorFactory {
        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                Class<T> resource, int samplingInterval) {
            return new Remembering<>(resource, samplingInterval);
        }

        @Override
        @SuppressWarnings("deprecation") // the one abstract method; maxActive has no effect
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                Class<T> resource, int samplingInterval, long maxActive) {
            return new Remembering<>(resource, samplingInterval);
        }
    }

    private static final class Remembering<T> extends ResourceLeakDetector<T> {
        Remembering(Class<?> resource, int samplingInterval) {
            super(resource, samplingInterval);
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            LEAKS.add(resourceType + records);
            super.reportTracedLeak(resourceType, records);
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            LEAKS.add(resourceType);
            super.reportUntracedLeak(resourceType);
        }
    }
}
