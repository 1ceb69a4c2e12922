package dev.outrider.sidecar.discover;

import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.sidecar.discover.ServiceWatch.Known;
import dev.outrider.sidecar.discover.ServiceWatch.Status;
import dev.outrider.sidecar.time.Background;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The Services of a Kubernetes cluster that are in use, and what their EndpointSlices say. A
 * Service is looked for when it is first asked for; one that is there is followed from then on, and
 * let go when nobody has used it for long or there are too many. While the API is away, what was
 * known last stands. Nothing of it is done on an event loop, though they may ask.
 */
public final class Cluster implements AutoCloseable {
    /** Without use for so long, a Service is no longer followed. */
    static final Duration LONGEST_IDLE = Duration.ofMinutes(10);

    /** A server that starts may refuse for a moment whom it will allow. */
    private static final Duration REFUSAL_DOUBTED = Duration.ofSeconds(30);

    private static final Duration LOOK_OFTEN = Duration.ofMillis(100);
    private static final Duration LOOK_SELDOM = Duration.ofSeconds(1);

    /** The next who asks ends that wait. */
    private static final Duration NOTHING_TO_DO = Duration.ofMinutes(1);

    /** Room made at once when there are too many, so that not every new one has to look. */
    private static final int ROOM_SHARE = 8;

    private final KubernetesConfig config;
    private final String trustDomain;
    private final Ticker ticker;
    private final FirstLooks looks;
    private final Object lock = new Object();
    private final Map<ServiceName, ServiceWatch> watches = new ConcurrentHashMap<>();
    private final List<SliceFeed> feeds = new ArrayList<>();
    private final NamesSeen names = new NamesSeen();
    private final ClusterCounts counts = new ClusterCounts();
    private final Background keeper = new Background("kubernetes", this::keep);
    private boolean started;
    private volatile boolean closed;

    /** Since when all feeds are refused; of the keeper. */
    private @Nullable Long refusedNanos;

    /** Makes the client; may read files. */
    public interface Opener {
        /** Fails, with a sentence, when this is no pod that may ask. */
        KubeApi open() throws IOException;
    }

    /**
     * @param config with namespace and zone filled in
     * @param trustDomain of the identities of the cluster's pods
     */
    public Cluster(
            KubernetesConfig config,
            String trustDomain,
            Opener opener,
            Ticker ticker,
            RandomGenerator random) {
        this.config = config;
        this.trustDomain = trustDomain;
        this.ticker = ticker;
        this.looks = new FirstLooks(this, opener, ticker, random);
    }

    public KubernetesConfig config() {
        return config;
    }

    /** What the name means here; null if it is none of a cluster. */
    public @Nullable ClusterName name(String host) {
        return names.get(host, this::parse);
    }

    private @Nullable ClusterName parse(String host) {
        String namespace = config.namespace();
        return ClusterName.parse(
                host, namespace == null ? "default" : namespace, config.clusterDomain());
    }

    /** What stands before a service account of that namespace in its identity. */
    String accounts(String namespace) {
        return "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/";
    }

    /** Who answers for that Service, as a SPIFFE id, if that is known to be one. */
    public @Nullable String peer(ServiceName name) {
        ServiceWatch known = watches.get(name);
        String account = known == null ? null : known.account();
        return account == null ? null : accounts(name.namespace()) + account;
    }

    public ClusterCounts counts() {
        return counts;
    }

    Object lock() {
        return lock;
    }

    // ---- who asks

    /**
     * What is known of a Service, for whoever may go without; from the first time on it is looked
     * for. Null if so many others are in use that it cannot be.
     */
    public @Nullable ServiceWatch find(ServiceName name) {
        ServiceWatch known = watches.get(name);
        if (known == null) {
            synchronized (lock) {
                if (closed || !watches.containsKey(name) && !makeRoom()) {
                    counts.refuse();
                    return null;
                }
                known = begin(name, false);
            }
        }
        known.used(ticker.nanos());
        if (known.status() == Status.KNOWN && known.absent()) {
            lookAgain(known);
        }
        return known;
    }

    /** Whether somebody has asked for it, and it is there. */
    public boolean knows(ServiceName name) {
        ServiceWatch known = watches.get(name);
        return known != null && !known.absent();
    }

    /** Whether it was not let go yet. */
    boolean has(ServiceWatch watch) {
        return watches.get(watch.name()) == watch;
    }

    /** The same for whoever needs it until {@link #release}; the listener must not wait. */
    ServiceWatch hold(ServiceName name, Runnable listener) {
        synchronized (lock) {
            ServiceWatch watch = begin(name, true);
            watch.holders++;
            watch.used(ticker.nanos());
            watch.listener(listener);
            keeper.wake();
            return watch;
        }
    }

    void release(ServiceWatch watch, Runnable listener) {
        synchronized (lock) {
            watch.holders--;
            watch.used(ticker.nanos());
            watch.forget(listener);
        }
    }

    private ServiceWatch begin(ServiceName name, boolean listed) {
        ServiceWatch known = watches.get(name);
        if (known != null) {
            return known;
        }
        ServiceWatch watch = new ServiceWatch(name, ticker.nanos());
        watches.put(name, watch);
        if (!closed) {
            looks.begin(watch, listed);
            if (!started) {
                started = true;
                keeper.start();
            }
            keeper.wake();
        }
        return watch;
    }

    private boolean makeRoom() {
        if (watches.size() < config.services()) {
            return true;
        }
        long now = ticker.nanos();
        // Written down first: others go on using them while they are sorted.
        record Use(ServiceWatch watch, long nanosAgo) {}
        watches.values().stream()
                .filter(each -> each.holders == 0)
                .map(each -> new Use(each, now - each.usedNanos()))
                .sorted(Comparator.comparingLong(Use::nanosAgo).reversed())
                .limit(Math.max(1, config.services() / ROOM_SHARE))
                .toList()
                .forEach(each -> letGo(each.watch));
        return watches.size() < config.services();
    }

    private void letGo(ServiceWatch watch) {
        watches.remove(watch.name(), watch);
        if (watch.feed != null) {
            watch.feed.leave(watch);
        }
        watch.answered(); // who waits for it asks again
    }

    /** All there are, for people. */
    public List<ServiceWatch> all() {
        return watches.values().stream()
                .sorted(Comparator.comparing(each -> each.name().toString()))
                .toList();
    }

    /** Why what is known of it may be out of date; empty if it is not. */
    public String stale(ServiceWatch watch) {
        synchronized (lock) {
            SliceFeed feed = watch.feed;
            return watch.status() != Status.KNOWN || feed == null
                    ? ""
                    : feed.problem().map(KubeException::getMessage).orElse("");
        }
    }

    /** Connections that watch. */
    public int feeds() {
        synchronized (lock) {
            return feeds.size();
        }
    }

    /** Feeds that do not follow all they should yet. */
    int behind() {
        synchronized (lock) {
            boolean missing =
                    watches.values().stream()
                            .anyMatch(each ->
                                    each.feed == null
                                            && each.status() == Status.KNOWN
                                            && !each.absent());
            return (missing ? 1 : 0)
                    + (int) feeds.stream().filter(each -> !each.caughtUp()).count();
        }
    }

    private void lookAgain(ServiceWatch watch) {
        if (ticker.nanos() - watch.lookedNanos < config.absentFor().toNanos()) {
            return;
        }
        synchronized (lock) {
            if (!watch.looking && watch.feed == null) {
                looks.begin(watch, watch.holders > 0);
            }
        }
    }

    // ---- following

    /** A feed says how a Service stands. Under the lock. */
    void followed(ServiceWatch watch, ServiceSlices slices) {
        watch.known(new Known(Status.KNOWN, slices, ""));
        watch.answered();
    }

    /** One look at all, each second, so that those that come together are followed together. */
    Duration keep() {
        List<Mirror> ended = new ArrayList<>();
        boolean busy = false;
        synchronized (lock) {
            if (closed) {
                return NOTHING_TO_DO;
            }
            long now = ticker.nanos();
            for (ServiceWatch each : List.copyOf(watches.values())) {
                keep(each, now);
            }
            KubeApi open = looks.api();
            for (SliceFeed feed : List.copyOf(feeds)) {
                if (feed.empty()) {
                    feeds.remove(feed);
                    ended.addAll(feed.stop());
                } else if (open != null) {
                    feed.catchUp(open);
                    busy |= feed.behind();
                }
            }
            checkRefusals(now);
        }
        ended.forEach(Mirror::close);
        return watches.isEmpty() && !busy ? NOTHING_TO_DO : busy ? LOOK_OFTEN : LOOK_SELDOM;
    }

    private void keep(ServiceWatch watch, long now) {
        boolean absent = watch.status() == Status.KNOWN && watch.absent();
        Duration idle = absent ? config.absentFor() : LONGEST_IDLE;
        if (watch.holders == 0 && now - watch.usedNanos() >= idle.toNanos()) {
            letGo(watch);
        } else if (watch.status() == Status.KNOWN) {
            if (watch.feed == null && (!absent || watch.holders > 0)) {
                feed(watch.name().namespace()).follow(watch);
            }
        } else if (watch.feed == null && !watch.looking && now - watch.lookAgainNanos >= 0) {
            looks.begin(watch, watch.holders > 0);
        }
    }

    private SliceFeed feed(String namespace) {
        for (SliceFeed each : feeds) {
            if (each.namespace().equals(namespace) && !each.full()) {
                return each;
            }
        }
        SliceFeed fresh = new SliceFeed(namespace, this);
        feeds.add(fresh);
        return fresh;
    }

    /** A right that is taken away, and stays so, is as good as one that was never given. */
    private void checkRefusals(long now) {
        boolean refused =
                feeds.stream()
                        .anyMatch(each -> each.problem().filter(FirstLooks::denied).isPresent());
        if (!refused) {
            refusedNanos = null;
        } else if (refusedNanos == null) {
            refusedNanos = now;
        }
        boolean sure = refusedNanos != null && now - refusedNanos >= REFUSAL_DOUBTED.toNanos();
        for (ServiceWatch each : watches.values()) {
            SliceFeed feed = each.feed;
            KubeException why = feed == null ? null : feed.problem().orElse(null);
            if (feed != null && each.status() == Status.DENIED && why == null) {
                feed.repeat();
            } else if (sure
                    && why != null
                    && FirstLooks.denied(why)
                    && each.status() == Status.KNOWN) {
                String said = String.valueOf(why.getMessage());
                looks.log().trouble(Status.DENIED, each.name(), said);
                each.known(new Known(Status.DENIED, each.known().slices(), said));
            }
        }
    }

    @Override
    public void close() {
        List<Mirror> open = new ArrayList<>();
        synchronized (lock) {
            closed = true;
            feeds.forEach(each -> open.addAll(each.stop()));
            feeds.clear();
            watches.values().forEach(ServiceWatch::answered);
        }
        keeper.close();
        open.forEach(Mirror::close);
        looks.close();
    }
}
