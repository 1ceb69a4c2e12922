package dev.outrider.sidecar.discover;

import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Resource;
import dev.outrider.sidecar.discover.ServiceWatch.Known;
import dev.outrider.sidecar.discover.ServiceWatch.Status;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the API once for a Service that is not followed, each on a virtual thread of its own. A
 * failure says when to ask again. Its answers are written under the cluster's lock.
 */
final class FirstLooks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FirstLooks.class);

    /** How long it holds that slices may not be read. */
    static final Duration DENIED_FOR = Duration.ofMinutes(1);

    private static final Duration FIRST_WAIT = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    /** At once; of names that nobody listed, in a second: an app can make them up. */
    private static final int MOST = 32;

    private static final Duration BETWEEN = Duration.ofSeconds(1);

    private final Cluster cluster;
    private final Cluster.Opener opener;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final Semaphore listed = new Semaphore(MOST);
    private final Semaphore madeUp = new Semaphore(MOST);
    private final ClusterLog log = new ClusterLog();
    private volatile @Nullable KubeApi api;
    private volatile boolean closed;

    FirstLooks(Cluster cluster, Cluster.Opener opener, Ticker ticker, RandomGenerator random) {
        this.cluster = cluster;
        this.opener = opener;
        this.ticker = ticker;
        this.random = random;
    }

    ClusterLog log() {
        return log;
    }

    /** The client, once there was something to ask. */
    @Nullable KubeApi api() {
        return api;
    }

    /** Under the lock. */
    void begin(ServiceWatch watch, boolean isListed) {
        watch.looking = true;
        watch.lookedNanos = ticker.nanos();
        var _ =
                Thread.ofVirtual()
                        .name("look for " + watch.name())
                        .start(() -> look(watch, isListed));
    }

    private void look(ServiceWatch watch, boolean isListed) {
        Semaphore turn = isListed ? listed : madeUp;
        try {
            turn.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            // Of names that are made up faster than they are asked for, most are let go by now:
            // those must not hold up the others.
            if (isListed || cluster.has(watch)) {
                ask(watch);
                watch.answered();
                if (!isListed) {
                    Thread.sleep(BETWEEN);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            turn.release();
        }
    }

    private void ask(ServiceWatch watch) {
        try {
            ServiceSlices found = list(watch.name());
            log.fine(watch.name());
            synchronized (cluster.lock()) {
                found(watch, found);
            }
        } catch (KubeException e) {
            Status status = denied(e) ? Status.DENIED : Status.AWAY;
            Duration least = e.retryAfter();
            failed(watch, status, text(e), least == null ? Duration.ZERO : least);
        } catch (IOException e) {
            failed(watch, Status.DENIED, text(e), Duration.ZERO);
        } catch (RuntimeException e) {
            // Else it would never be asked for again, and its calls would wait for ever.
            LOG.error("looking for {}: a bug, please report it", watch.name(), e);
            failed(watch, Status.AWAY, "its slices could not be read: " + e, Duration.ZERO);
        }
    }

    private ServiceSlices list(ServiceName name) throws KubeException, IOException {
        cluster.counts().list();
        KubeApi.Listing listing =
                client().list(
                                Resource.ENDPOINT_SLICES.in(name.namespace()),
                                SliceFeed.selector(List.of(name.service())));
        return new ServiceSlices(
                listing.items().stream().map(Slice::read).filter(Objects::nonNull).toList());
    }

    private KubeApi client() throws IOException {
        KubeApi open = api;
        if (open == null) {
            synchronized (opener) {
                open = api;
                if (open == null) {
                    open = opener.open();
                    api = open;
                    if (closed) {
                        open.close(); // which nobody else does any more
                    }
                }
            }
        }
        return open;
    }

    /** Also a server that knows no EndpointSlices, whose answer is 404. */
    static boolean denied(KubeException why) {
        return why.forbidden() || why.status() == 401 || why.status() == 404;
    }

    private static void found(ServiceWatch watch, ServiceSlices found) {
        watch.looking = false;
        watch.failures = 0;
        if (watch.feed == null || !watch.feed.covers(watch)) {
            watch.known(new Known(Status.KNOWN, found, ""));
        }
    }

    private void failed(ServiceWatch watch, Status status, String why, Duration least) {
        if (closed) {
            return;
        }
        cluster.counts().fail();
        log.trouble(status, watch.name(), why);
        synchronized (cluster.lock()) {
            watch.looking = false;
            watch.failures++;
            watch.lookAgainNanos = ticker.nanos() + wait(status, watch.failures, least);
            if (watch.status() != Status.KNOWN) {
                watch.known(new Known(status, watch.known().slices(), why));
            }
        }
    }

    private long wait(Status status, int failures, Duration least) {
        Duration growing = FIRST_WAIT.multipliedBy(1L << Math.min(failures - 1, 10));
        Duration wait = growing.compareTo(LONGEST_WAIT) < 0 ? growing : LONGEST_WAIT;
        long nanos = (status == Status.DENIED ? DENIED_FOR : wait).toNanos();
        long asked = Math.min(least.toNanos(), DENIED_FOR.toNanos());
        return Math.max(asked, nanos / 2 + random.nextLong(nanos + 1));
    }

    private static String text(Exception e) {
        return String.valueOf(e.getMessage());
    }

    @Override
    public void close() {
        closed = true;
        KubeApi made = api;
        if (made != null) {
            made.close();
        }
    }
}
