package dev.outrider.sidecar.observe;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.netty.util.internal.PlatformDependent;
import java.util.Map;

/** What the process itself uses. */
public final class RuntimeMetrics {
    private RuntimeMetrics() {}

    /** Registers them; called once, by the composition root. */
    public static void register(Gauges gauges) {
        gauges.bind(new JvmMemoryMetrics());
        gauges.bind(new JvmGcMetrics());
        gauges.bind(new JvmThreadMetrics());
        gauges.bind(new ProcessorMetrics());
        gauges.bind(new FileDescriptorMetrics());
        gauges.gauge(
                "outrider_direct_memory_used_bytes",
                "Direct memory that Netty holds",
                Map.of(),
                PlatformDependent::usedDirectMemory);
        gauges.gauge(
                "outrider_direct_memory_max_bytes",
                "Direct memory that Netty may hold",
                Map.of(),
                PlatformDependent::maxDirectMemory);
    }
}
