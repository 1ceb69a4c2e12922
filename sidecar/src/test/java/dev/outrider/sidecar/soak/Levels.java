package dev.outrider.sidecar.soak;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;

/**
 * What the process holds after a collection; all sidecars, apps and callers are in it.
 *
 * @param threads of the platform; virtual ones are in the heap
 */
record Levels(long heapKiB, long directKiB, long descriptors, int threads) {
    private static final long SLACK_KIB = 4 * 1024;
    private static final long SLACK_DESCRIPTORS = 64;
    private static final int SLACK_THREADS = 10;

    static Levels now() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return new Levels(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024,
                PlatformDependent.usedDirectMemory() / 1024,
                ManagementFactory.getOperatingSystemMXBean()
                                instanceof UnixOperatingSystemMXBean system
                        ? system.getOpenFileDescriptorCount()
                        : 0,
                ManagementFactory.getThreadMXBean().getThreadCount());
    }

    /** A tenth more and a slack for what is busy by chance; a leak grows with the changes. */
    boolean within(Levels earlier) {
        return heapKiB <= earlier.heapKiB + earlier.heapKiB / 10 + SLACK_KIB
                && directKiB <= earlier.directKiB + earlier.directKiB / 10 + SLACK_KIB
                && descriptors <= earlier.descriptors + SLACK_DESCRIPTORS
                && threads <= earlier.threads + SLACK_THREADS;
    }

    @Override
    public String toString() {
        return "heap %d KiB, direct %d KiB, %d descriptors, %d threads"
                .formatted(heapKiB, directKiB, descriptors, threads);
    }
}
