package dev.outrider.sidecar.soak;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;

/** What the process holds, after a collection; all sidecars, apps and callers are in it. */
record Levels(long heapKiB, long directKiB, long descriptors, int threads) {
    private static final long SLACK_KIB = 16 * 1024;
    private static final long SLACK_DESCRIPTORS = 64;

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
                Thread.activeCount());
    }

    /** A tenth more and a slack for what is busy by chance; a leak grows with the changes. */
    boolean within(Levels earlier) {
        return heapKiB <= earlier.heapKiB + earlier.heapKiB / 10 + SLACK_KIB
                && directKiB <= earlier.directKiB + earlier.directKiB / 10 + SLACK_KIB
                && descriptors <= earlier.descriptors + SLACK_DESCRIPTORS;
    }
}
