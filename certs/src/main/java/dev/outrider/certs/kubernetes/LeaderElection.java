package dev.outrider.certs.kubernetes;

import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a Lease, so that one of several replicas does what should be done once. As Kubernetes' own
 * controllers do it: the holder renews; another takes over when the Lease did not change for its
 * whole duration by its own clock, so that no two clocks are compared. The holder stops believing
 * in itself before that ({@link #leads}), even when its thread cannot reach the server.
 *
 * <p>A Lease is no lock: a paused process may act a moment too long. What leaders write is guarded
 * by {@code resourceVersion} besides. Any thread may ask; one virtual thread renews.
 */
public final class LeaderElection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);
    private static final DateTimeFormatter MICRO_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final KubeApi api;
    private final String namespace;
    private final String name;
    private final String identity;
    private final Timing timing;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Thread thread;
    private volatile Runnable taken = () -> {};
    private volatile boolean closed;
    private volatile @Nullable Long leadsUntil;

    /** The Lease as it was seen last, and when that was. Only the election's thread. */
    private String seenVersion = "";

    private long seenAt;
    private @Nullable KubeException problem;

    /**
     * @param lease after which another may take over from a holder that is silent
     * @param renewWithin after which a holder that could not renew stops leading; shorter
     * @param retry between two tries
     */
    public record Timing(Duration lease, Duration renewWithin, Duration retry) {
        public static final Timing DEFAULTS =
                new Timing(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

        public Timing {
            if (lease.compareTo(renewWithin) <= 0 || renewWithin.compareTo(retry) <= 0) {
                throw new IllegalArgumentException(
                        "a lease must be longer than its renewal, and that than one retry");
            }
        }
    }

    /** For tests that step by hand; {@link #start} makes one that runs by itself. */
    LeaderElection(
            KubeApi api,
            String namespace,
            String name,
            String identity,
            Timing timing,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.api = api;
        this.namespace = namespace;
        this.name = name;
        this.identity = identity;
        this.timing = timing;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.thread = Thread.ofVirtual().name("lease " + name).unstarted(this::run);
    }

    /**
     * @param identity of this replica: unlike every other's, such as the pod's name
     */
    public static LeaderElection start(
            KubeApi api,
            String namespace,
            String name,
            String identity,
            Timing timing,
            InstantSource clock) {
        LeaderElection election =
                new LeaderElection(
                        // A call that hangs must leave time for another before the Lease ends.
                        api.within(timing.renewWithin().dividedBy(2)),
                        namespace,
                        name,
                        identity,
                        timing,
                        clock,
                        System::nanoTime);
        election.thread.start();
        return election;
    }

    /** Whether this replica may act just now. Ask right before each action. */
    public boolean leads() {
        Long until = leadsUntil;
        return until != null && nanoTime.getAsLong() - until < 0;
    }

    /** {@code action} is run on the election's thread each time this replica begins to lead. */
    public void onTaken(Runnable action) {
        taken = action;
    }

    /** Gives the Lease back, so that the next holder need not wait. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        release();
    }

    private void run() {
        while (!closed) {
            step();
            try {
                Thread.sleep(timing.retry());
            } catch (InterruptedException e) {
                // close() woke us; the loop's condition ends it.
            }
        }
    }

    /** One try to take or renew. */
    void step() {
        boolean before = leads();
        try {
            tryOnce();
            problem = null;
        } catch (KubeException e) {
            KubeException last = problem;
            problem = e;
            // Losing a race is how elections go.
            if (!closed && !e.conflict() && (last == null || !last.reason().equals(e.reason()))) {
                LOG.warn("the lease '{}' cannot be held: {}", name, e.getMessage());
            }
        }
        boolean now = leads();
        if (now != before) {
            LOG.info("{} {} the lease '{}'", identity, now ? "holds" : "lost", name);
            if (now) {
                taken.run();
            }
        }
    }

    /** Resigns; another replica sees an empty holder and takes over at once. */
    void release() {
        if (!leads()) {
            return;
        }
        leadsUntil = null;
        try {
            Map<String, @Nullable Object> lease = api.get(path());
            if (Fields.text(lease, "spec", "holderIdentity").equals(Optional.of(identity))) {
                Map<String, @Nullable Object> spec = Fields.map(lease, "spec");
                spec.put("holderIdentity", "");
                spec.put("leaseDurationSeconds", 1);
                api.replace(path(), with(lease, spec));
            }
        } catch (KubeException e) {
            LOG.info("the lease '{}' is left to run out: {}", name, e.getMessage());
        }
    }

    private void tryOnce() throws KubeException {
        long asked = nanoTime.getAsLong();
        Optional<Map<String, @Nullable Object>> kept = api.find(path());
        if (kept.isEmpty()) {
            api.create(Resource.LEASES.in(namespace), fresh());
            leadsUntil = asked + timing.renewWithin().toNanos();
            return;
        }
        Map<String, @Nullable Object> lease = kept.get();
        String holder = Fields.text(lease, "spec", "holderIdentity").orElse("");
        boolean ours = holder.equals(identity);
        String version = Fields.resourceVersion(lease);
        if (!version.equals(seenVersion)) {
            seenVersion = version;
            seenAt = asked;
        }
        if (!ours) {
            leadsUntil = null;
            if (!holder.isEmpty() && asked - seenAt < lifeOf(lease).toNanos()) {
                return;
            }
        }
        api.replace(path(), with(lease, held(lease, ours)));
        leadsUntil = asked + timing.renewWithin().toNanos();
    }

    private static Duration lifeOf(Map<String, @Nullable Object> lease) {
        return Duration.ofSeconds(Fields.number(lease, "spec", "leaseDurationSeconds").orElse(1L));
    }

    private Map<String, @Nullable Object> fresh() {
        Map<String, @Nullable Object> lease = new LinkedHashMap<>();
        lease.put("apiVersion", Resource.LEASES.apiVersion());
        lease.put("kind", "Lease");
        lease.put("metadata", Map.of("name", name, "namespace", namespace));
        return with(lease, held(Map.of(), false));
    }

    private Map<String, @Nullable Object> held(Map<String, @Nullable Object> lease, boolean ours) {
        String now = MICRO_TIME.format(clock.instant());
        Map<String, @Nullable Object> spec = Fields.map(lease, "spec");
        spec.put("holderIdentity", identity);
        spec.put("leaseDurationSeconds", Math.max(1, timing.lease().toSeconds()));
        spec.put("renewTime", now);
        if (!ours) {
            spec.put("acquireTime", now);
            long changes = Fields.number(spec, "leaseTransitions").orElse(-1L);
            spec.put("leaseTransitions", changes + 1);
        }
        return spec;
    }

    private static Map<String, @Nullable Object> with(
            Map<String, @Nullable Object> lease, Map<String, @Nullable Object> spec) {
        Map<String, @Nullable Object> changed = new HashMap<>(lease);
        changed.put("spec", spec);
        return changed;
    }

    private String path() {
        return Resource.LEASES.named(namespace, name);
    }
}
