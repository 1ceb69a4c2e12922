package dev.outrider.sidecar;

import dev.outrider.sidecar.admin.Lifecycle;

/** What an operator may do to the process by the admin port. */
record SidecarLifecycle(Runnable onDrain, Runnable onShutdown, Runnable onReopenLogs)
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
}
