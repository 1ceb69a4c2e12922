package dev.outrider.sidecar;

import dev.outrider.sidecar.admin.Lifecycle;
import dev.outrider.sidecar.config.WatchStatus;
import java.util.function.Supplier;

/** What an operator may do to the process by the admin port. */
record SidecarLifecycle(
        Runnable onDrain,
        Runnable onShutdown,
        Runnable onReopenLogs,
        Supplier<WatchStatus> onReload)
        implements Lifecycle {
    @Override
    public void drain() {
        onDrain.run();
    }

    @Override
    public void shutdown() {
        onShutdown.run();
    }

    @Override
    public void reopenLogs() {
        onReopenLogs.run();
    }

    @Override
    public Reloaded reload() {
        WatchStatus status = onReload.get();
        return new Reloaded(status.current(), status.text());
    }
}
