package dev.outrider.sidecar;

import dev.outrider.sidecar.admin.AdminServer;
import dev.outrider.sidecar.config.ChangeRefused;
import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.ConfigError;
import dev.outrider.sidecar.config.ConfigFile;
import dev.outrider.sidecar.config.ConfigLayers;
import dev.outrider.sidecar.config.ConfigText;
import dev.outrider.sidecar.config.ConfigWatch;
import dev.outrider.sidecar.config.Restart;
import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.config.WatchStatus;
import dev.outrider.sidecar.inbound.Inbound;
import dev.outrider.sidecar.listen.Listener;
import dev.outrider.sidecar.observe.AccessLog;
import dev.outrider.sidecar.observe.LogLevels;
import dev.outrider.sidecar.pod.PodConfig;
import dev.outrider.sidecar.pod.PodPort;
import dev.outrider.sidecar.time.Background;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running proxy. {@link #create} builds every part, {@link #start} opens the ports, {@link
 * #change} puts another configuration in force, {@link #drain} lets go of clients without hurting
 * them, {@link #close} ends it. Any thread; all of them block.
 */
public final class Sidecar implements AutoCloseable {
    /** Heard at every level of the log: tools wait for it. */
    private static final Logger STARTS = LoggerFactory.getLogger("dev.outrider.start");

    private static final Duration FIRST_LOOKUP = Duration.ofSeconds(5);

    /** How often it is looked which services nobody uses any more. */
    private static final Duration LOOK_FOR_IDLE = Duration.ofMinutes(1);

    private final Base base;
    private final Doors doors;
    private final SidecarState state;
    private final Departure departure;
    private final Retirement retirement;
    private final OpenParts late = new OpenParts();
    private final MeterGroup meters;
    private volatile InForce now;
    private volatile @Nullable ConfigWatch<SidecarConfig> watch;
    private @Nullable AdminServer admin;
    private @Nullable PodPort pod;
    private final Set<String> started = ConcurrentHashMap.newKeySet();
    private boolean closed;

    private Sidecar(Base base, SidecarConfig config, ConfigText file) throws IOException {
        this.base = base;
        this.doors = new Doors(base);
        this.retirement = new Retirement(base.loops);
        this.now = Fitting.fit(base, config, file, null);
        this.meters = new MeterGroup(base.metrics.gauges());
        this.state = new SidecarState(base, doors, this::now, this::fileStatus);
        this.departure = new Departure(base, doors, retirement::flights);
        Doors.Change first = doors.prepare(now);
        commit(first, null, now);
        Gauging.register(base.metrics.gauges(), state);
        Gauging.snapshots(base.metrics.gauges(), () -> retirement.flights().size());
        Gauging.revocations(base.metrics.gauges(), base.revocations);
        AuthGauging.audit(base.metrics.gauges(), base.audit);
    }

    /**
     * Builds and starts all that needs no port; what had been opened is closed again on a failure.
     *
     * @param file the configuration as it stands in the file, for operators to look at
     */
    public static Sidecar create(SidecarConfig config, ConfigText file) throws IOException {
        Base base = new Base(config, Ticker.system());
        try {
            return new Sidecar(base, config, file);
        } catch (IOException | RuntimeException e) {
            base.close();
            throw e;
        }
    }

    /** The same for one file, which is watched from {@link #start} on. */
    public static Sidecar create(
            ConfigFile reader, Path path, ConfigDocument.Loaded<SidecarConfig> loaded)
            throws IOException {
        return create(reader, ConfigLayers.of(path), loaded);
    }

    /** The same for layers, whose files are watched. */
    public static Sidecar create(
            ConfigFile reader, ConfigLayers layers, ConfigDocument.Loaded<SidecarConfig> loaded)
            throws IOException {
        Sidecar sidecar = create(loaded.config(), loaded.text());
        ConfigWatch<SidecarConfig> watch =
                new ConfigWatch<>(
                        reader,
                        layers,
                        SidecarConfig.SCHEMA,
                        loaded,
                        changed -> sidecar.change(changed.config(), changed.text()),
                        sidecar.base.clock);
        sidecar.watch = sidecar.late.add(watch);
        WatchStatus first = watch.status();
        Gauging.config(
                sidecar.base.metrics.gauges(),
                () -> java.util.Objects.requireNonNullElse(sidecar.fileStatus(), first));
        return sidecar;
    }

    private InForce now() {
        return now;
    }

    private @Nullable WatchStatus fileStatus() {
        ConfigWatch<SidecarConfig> watched = watch;
        return watched == null ? null : watched.status();
    }

    /**
     * Opens the ports; those off the data path first, so that a start that hangs can be looked at.
     * After an exception only {@link #close} is left to do.
     *
     * @param shutdown what the admin port's end of the process does
     */
    public void start(Runnable shutdown) throws IOException {
        SidecarConfig config = base.config();
        if (config.admin().enabled()) {
            SidecarLifecycle lifecycle =
                    new SidecarLifecycle(
                            this::drainInBackground, shutdown, this::reopenLogs, this::reload);
            admin =
                    late.add(
                            AdminServer.start(
                                    config.admin(),
                                    Views.of(state, lifecycle, base.ticker),
                                    base.ticker));
            InetSocketAddress address = admin.address();
            STARTS.info("admin listening on {}:{}", address.getHostString(), address.getPort());
        }
        startPodPort(config.pod());
        doors.start();
        late.add(new Background("let-go", this::letGoUnused)).start();
        ConfigWatch<SidecarConfig> watched = watch;
        if (watched != null) {
            watched.start();
        }
    }

    /** Before there is an identity, which startup probes do not wait for. */
    private void startPodPort(@Nullable PodConfig first) throws IOException {
        if (first == null) {
            return;
        }
        PodPort.Views views =
                new PodPort.Views(
                        () -> java.util.Objects.requireNonNullElse(now.config().pod(), first),
                        state::readiness,
                        accept -> Views.page(base.metrics, accept),
                        base.own,
                        app -> base.own.source(Inbound.APP, app),
                        base.metrics.gauges(),
                        started::add);
        pod = late.add(PodPort.start(first.listen(), views, base.ticker));
        InetSocketAddress address = pod.address();
        STARTS.info("pod listening on {}:{}", address.getHostString(), address.getPort());
    }

    /** Where a listener really is; null if there is none of that name. */
    public @Nullable InetSocketAddress address(String listener) {
        if (listener.equals("admin")) {
            return admin == null ? null : admin.address();
        }
        if (listener.equals("pod")) {
            return pod == null ? null : pod.address();
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

    // ---- change

    /**
     * Puts another configuration in force: exchanges under way end under the old one, every later
     * one begins under this, also on open connections.
     *
     * @throws ChangeRefused if it cannot take the place of the present one, which then stays
     */
    public synchronized void change(SidecarConfig config, ConfigText file) {
        if (closed || state.draining()) {
            throw refused(file, "the sidecar is ending and takes no other configuration");
        }
        InForce old = now;
        List<ConfigError> errors = Restart.neededFor(old.config(), config, file);
        if (!errors.isEmpty()) {
            throw new ChangeRefused(errors);
        }
        try {
            InForce next = Fitting.fit(base, config, file, old);
            commit(prepared(next, old), old, next);
        } catch (IOException e) {
            throw refused(file, String.valueOf(e.getMessage()));
        }
        if (!config.log().equals(old.config().log())) {
            LogLevels.ofProcess().apply(config.log());
        }
    }

    private Doors.Change prepared(InForce next, InForce old) throws IOException {
        try {
            return doors.prepare(next);
        } catch (IOException | RuntimeException e) {
            next.destinations().drop(old.destinations());
            Retirement.close(next.parts(), old.parts());
            throw e;
        }
    }

    private static ChangeRefused refused(ConfigText file, String sentence) {
        return new ChangeRefused(List.of(new ConfigError(file.name(), 0, 0, "", sentence)));
    }

    /** From here on nothing can fail. */
    private void commit(Doors.Change change, @Nullable InForce old, InForce next) {
        if (old != null) {
            awaitEndpoints(next);
        }
        base.inForce(next);
        retirement.entered(next.flights(), next.parts());
        next.destinations().takeOver(old == null ? null : old.destinations());
        change.commit();
        now = next;
        retirement.left();
        meters.close();
        Gauging.register(meters, next, doors.listeners());
        AuthGauging.register(meters, next);
        if (next.door() != null) {
            EdgeGauging.register(meters, base, next.door());
        }
    }

    /** A new service is not called before it is known where it is, if that can be known soon. */
    private static void awaitEndpoints(InForce next) {
        CompletableFuture<?>[] lookups =
                next.destinations().all().stream()
                        .map(Destination::awaitEndpoints)
                        .filter(java.util.Objects::nonNull)
                        .map(java.util.concurrent.CompletionStage::toCompletableFuture)
                        .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(lookups).get(FIRST_LOOKUP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // Then its calls fail for now, and the log has said of what.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Not while a change is being prepared, which takes over what is there. */
    private synchronized Duration letGoUnused() {
        if (!closed) {
            now.destinations().letGo();
        }
        return LOOK_FOR_IDLE;
    }

    /** Looks at the file now; says how it stands. */
    public WatchStatus reload() {
        ConfigWatch<SidecarConfig> watched = watch;
        return watched == null
                ? new WatchStatus("", state.startedAt(), List.of(), 0, 0)
                : watched.reload();
    }

    /** Opens log files anew by their names, after they were rotated away. */
    public void reopenLogs() {
        AccessLog accessLog = now.telemetry().accessLog();
        if (accessLog != null) {
            accessLog.reopen();
        }
    }

    // ---- the end

    /** Fails readiness, then lets everybody go; see {@link Departure}. */
    public void drain() {
        if (state.startDraining()) {
            departure.run();
            return;
        }
        try {
            // An operator has begun it: it gets its time.
            departure.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Names of the containers whose start the kubelet has told of. Any thread. */
    Set<String> appsStarted() {
        return started;
    }

    /** Makes {@link #drain} let go at once: nobody is left to be served, or to call. */
    void appsHaveEnded() {
        departure.appsHaveEnded();
    }

    /** Ends {@link #drain} at once; what is under way is then cut by {@link #close}. */
    public void cut() {
        departure.cut();
    }

    private void drainInBackground() {
        var _ = Thread.ofVirtual().name("drain").start(this::drain);
    }

    /**
     * Ends everything, whatever is under way; {@link #drain} first for a gentle end. A part ends
     * after those that use it, and the logs after the event loops, so that a cut request is still
     * logged.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        late.close();
        doors.close();
        now.destinations().close();
        EdgeDoor door = now.door();
        if (door != null) {
            door.leaveLoops();
        }
        base.endLoops();
        retirement.close();
        Retirement.close(now.parts(), null);
        base.close();
    }
}
