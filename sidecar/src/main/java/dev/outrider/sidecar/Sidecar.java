package dev.outrider.sidecar;

import dev.outrider.sidecar.admin.AdminServer;
import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.listen.Listener;
import dev.outrider.sidecar.schema.Value;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running proxy. {@link #create} builds every part, {@link #start} opens the ports, {@link
 * #drain} lets go of clients without hurting them, {@link #close} ends it. Any thread, one at a
 * time; all of them block.
 */
public final class Sidecar implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final SidecarConfig config;
    private final Ticker ticker;
    private final Assembly built;
    private final SidecarState state;
    private final OpenParts parts;
    private final CountDownLatch drained = new CountDownLatch(1);
    private @Nullable AdminServer admin;

    private Sidecar(SidecarConfig config, Ticker ticker, Assembly built, OpenParts parts) {
        this.config = config;
        this.ticker = ticker;
        this.built = built;
        this.state = built.state;
        this.parts = parts;
    }

    /**
     * Builds and starts all that needs no port; what had been opened is closed again on a failure.
     *
     * @param file the configuration as it stands in the file, for operators to look at
     */
    public static Sidecar create(SidecarConfig config, Value file) throws IOException {
        OpenParts parts = new OpenParts();
        Ticker ticker = Ticker.system();
        try {
            return new Sidecar(config, ticker, new Assembly(config, file, parts, ticker), parts);
        } catch (IOException | RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /**
     * Opens the ports; the admin port first, so that a start that hangs can be looked at. After an
     * exception only {@link #close} is left to do.
     *
     * @param shutdown what the admin port's end of the process does
     */
    public void start(Runnable shutdown) throws IOException {
        if (config.admin().enabled()) {
            SidecarLifecycle lifecycle =
                    new SidecarLifecycle(this::drainInBackground, shutdown, this::reopenLogs);
            admin =
                    parts.add(
                            AdminServer.start(
                                    config.admin(), Views.of(state, lifecycle, ticker), ticker));
            InetSocketAddress address = admin.address();
            LOG.info("admin listening on {}:{}", address.getHostString(), address.getPort());
        }
        for (Listener listener : state.listeners()) {
            listener.open(built.transport, built.loops);
        }
    }

    /** Where a listener really is; null if there is none of that name. */
    public @Nullable InetSocketAddress address(String listener) {
        if (listener.equals("admin")) {
            return admin == null ? null : admin.address();
        }
        return state.listeners().stream()
                .filter(each -> each.name().equals(listener))
                .map(Listener::address)
                .findFirst()
                .orElse(null);
    }

    /** Whether traffic may come. */
    public boolean ready() {
        return state.readiness().ready();
    }

    /** Fails readiness, keeps taking work for the spread time, then lets every client go. */
    public void drain() {
        if (!state.startDraining()) {
            awaitDrain();
            return;
        }
        try {
            letGo();
        } finally {
            drained.countDown();
        }
    }

    /** An operator, or a hook before the stop, has begun it: it gets its time. */
    private void awaitDrain() {
        Duration longest = config.runtime().spread().plus(config.runtime().drain());
        try {
            var _ = drained.await(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void letGo() {
        LOG.info("draining: {} connections", state.connections());
        pause(config.runtime().spread());
        state.listeners().forEach(Listener::close);
        state.listeners().forEach(Listener::drain);
        long end = ticker.nanos() + config.runtime().drain().toNanos();
        while (state.connections() > 0 && end - ticker.nanos() > 0) {
            pause(LOOK_AGAIN);
        }
        if (state.connections() > 0) {
            LOG.warn("{} connections did not end in time and are cut", state.connections());
        }
    }

    private void drainInBackground() {
        var _ = Thread.ofVirtual().name("drain").start(this::drain);
    }

    private void reopenLogs() {
        if (built.accessLog != null) {
            built.accessLog.reopen();
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends everything, whatever is under way; {@link #drain} first for a gentle end. */
    @Override
    public void close() {
        parts.close();
    }
}
