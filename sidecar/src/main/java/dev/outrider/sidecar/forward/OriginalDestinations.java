package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.OnDemandMembers;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.transport.AppsCaller;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where captured connections may go: anywhere but back into this proxy, which would be captured and
 * sent there again without end.
 */
public final class OriginalDestinations {
    /** Kept at once; beyond it, those idle longest are forgotten. */
    static final int MOST = 1024;

    private static final Duration IDLE = Duration.ofMinutes(10);

    private final OnDemandMembers members;
    private final Predicate<InetSocketAddress> own;
    private final boolean toApp;

    private OriginalDestinations(
            int most, Predicate<InetSocketAddress> own, boolean toApp, Ticker ticker) {
        this.members = new OnDemandMembers(most, IDLE.toNanos(), ticker);
        this.own = own;
        this.toApp = toApp;
    }

    /**
     * For the way out.
     *
     * @param own whether an address is one of this proxy's listeners; any thread may ask
     */
    public static OriginalDestinations out(Predicate<InetSocketAddress> own, Ticker ticker) {
        return new OriginalDestinations(MOST, own, false, ticker);
    }

    /**
     * For the way in to the local app, to which connections come from {@link AppsCaller}'s address.
     */
    public static OriginalDestinations toApp(Predicate<InetSocketAddress> own, Ticker ticker) {
        return new OriginalDestinations(MOST, own, true, ticker);
    }

    static OriginalDestinations atMost(int most, Predicate<InetSocketAddress> own, Ticker ticker) {
        return new OriginalDestinations(most, own, false, ticker);
    }

    OnDemandMembers members() {
        return members;
    }

    boolean refuses(InetSocketAddress destination) {
        return destination.isUnresolved() || destination.getPort() == 0 || own.test(destination);
    }

    @Nullable InetSocketAddress localAddress(InetSocketAddress remote) {
        return toApp ? AppsCaller.to(remote) : null;
    }

    String whyNot(@Nullable InetSocketAddress destination) {
        if (destination == null) {
            return "the connection was not captured, so nobody knows where it was going";
        }
        return refuses(destination)
                ? "it was going to " + destination + ", which is this proxy itself"
                : "all " + MOST + " original destinations that are kept are in use";
    }
}
