package dev.outrider.sidecar;

import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.inbound.InboundConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out, on one clock that {@code runtime.drain} bounds. Callers learn of it while they are
 * still served; then they are let go; the app's own way out stays open until the app has gone,
 * since it may have something to say at its end. Runs on one thread, which it blocks; {@link #cut}
 * may come from any.
 */
final class Departure {
    private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration ASK_APP_EVERY = Duration.ofMillis(250);

    private final Base base;
    private final Doors doors;
    private final Supplier<Collection<Flights>> flights;
    private final CountDownLatch cut = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean appsEnded;
    private long end;

    Departure(Base base, Doors doors, Supplier<Collection<Flights>> flights) {
        this.base = base;
        this.doors = doors;
        this.flights = flights;
    }

    /** Ends the waiting at once; what is then under way is cut. */
    void cut() {
        cut.countDown();
    }

    /** It is known that no app is left. */
    void appsHaveEnded() {
        appsEnded = true;
    }

    /** Waits for the end of a departure that another thread has begun. */
    void await() throws InterruptedException {
        Duration longest = base.config().runtime().drain();
        var _ = over.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Lets everybody go; returns when nothing is left, or the clock has run out. */
    void run() {
        SidecarConfig config = base.config();
        end = base.ticker.nanos() + config.runtime().drain().toNanos();
        LOG.info(
                "draining: {} connections of callers, {} of the app",
                callers(),
                doors.connections(Direction.OUTBOUND));
        try {
            if (doors.has(Direction.INBOUND) || doors.has(Direction.EDGE)) {
                if (!nobodyServes(config)) {
                    pause(config.runtime().spread());
                }
                doors.drain(Direction.INBOUND);
                doors.drain(Direction.EDGE);
                waitUntil(() -> callers() == 0);
            }
            waitUntil(appGone(config));
            doors.drain(Direction.OUTBOUND);
            waitUntil(() -> doors.connections(Direction.OUTBOUND) == 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            over.countDown();
        }
        int left = callers() + doors.connections(Direction.OUTBOUND);
        if (left > 0) {
            LOG.warn("{} connections did not end in time and are cut", left);
        }
    }

    /**
     * Whether new work would fail anyhow, as that for a native sidecar, which is told to stop only
     * after its app has ended: then callers had better learn it at once.
     */
    private boolean nobodyServes(SidecarConfig config) {
        InboundConfig inbound = config.inbound();
        return inbound != null
                && (appsEnded || inbound.app() != null && refuses(inbound.app().socketAddress()));
    }

    private int callers() {
        return doors.connections(Direction.INBOUND) + doors.connections(Direction.EDGE);
    }

    /**
     * The app has gone when none of its calls is under way, none of its relayed connections is open
     * and its port refuses connections. While it is still there, or its port is not known, it has
     * gone for all we know when it has been quiet for a while: relayed connections may then be
     * open, such as those of a pool, if no byte moves on them. If it has no port and no connection
     * it has gone at once.
     */
    private BooleanSupplier appGone(SidecarConfig config) {
        InboundConfig inbound = config.inbound();
        InetSocketAddress app =
                inbound == null || inbound.app() == null ? null : inbound.app().socketAddress();
        long settle = config.runtime().settle().toNanos();
        return new BooleanSupplier() {
            private long stirred = stirred();
            private long quietSince = base.ticker.nanos();
            private long askedAt = quietSince - ASK_APP_EVERY.toNanos();

            @Override
            public boolean getAsBoolean() {
                long now = base.ticker.nanos();
                if (underWay() > 0 || stirred() != stirred) {
                    stirred = stirred();
                    quietSince = now;
                    return false;
                }
                if (now - quietSince >= settle) {
                    return true;
                }
                if (app == null) {
                    return doors.connections(Direction.OUTBOUND) == 0;
                }
                if (relayed() > 0 || now - askedAt < ASK_APP_EVERY.toNanos()) {
                    return false;
                }
                askedAt = now;
                return refuses(app);
            }
        };
    }

    private long stirred() {
        return flights.get().stream().mapToLong(each -> each.stirred(Direction.OUTBOUND)).sum();
    }

    private long underWay() {
        return flights.get().stream().mapToLong(each -> each.underWay(Direction.OUTBOUND)).sum();
    }

    private long relayed() {
        return flights.get().stream().mapToLong(each -> each.relayed(Direction.OUTBOUND)).sum();
    }

    /** Whether it is plain that nobody listens there; another failure says nothing of the app. */
    private static boolean refuses(InetSocketAddress app) {
        try (Socket socket = new Socket()) {
            socket.connect(app, (int) ASK_APP_EVERY.toMillis());
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void waitUntil(BooleanSupplier done) throws InterruptedException {
        while (!done.getAsBoolean() && end - base.ticker.nanos() > 0) {
            if (cut.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    private void pause(Duration time) throws InterruptedException {
        var _ = cut.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }
}
