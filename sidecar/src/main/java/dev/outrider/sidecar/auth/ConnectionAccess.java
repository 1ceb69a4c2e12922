package dev.outrider.sidecar.auth;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TcpConnection;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Who may open a connection whose bytes are passed through unread. Without it a caller could send
 * HTTP as raw bytes past the rules and the tokens that requests are judged by. Any event loop.
 */
public final class ConnectionAccess {
    private final AccessRules rules;
    private final boolean tokens;
    private final IntPredicate rawPorts;
    private final LongAdder denied = new LongAdder();

    /**
     * @param tokens whether every request must carry one, which a raw connection cannot show
     * @param rawPorts those that the configuration says speak no HTTP, so that no token is due;
     *     asked with 0 for a connection that was not captured, which goes to the app's own port
     */
    public ConnectionAccess(AccessRules rules, boolean tokens, IntPredicate rawPorts) {
        this.rules = rules;
        this.tokens = tokens;
        this.rawPorts = rawPorts;
    }

    /** Null lets it in. */
    public @Nullable Failure check(TcpConnection connection) {
        InetSocketAddress destination = connection.destination();
        if (tokens && !rawPorts.test(destination == null ? 0 : destination.getPort())) {
            return refused(
                    "inbound.jwt asks for a token with every request, which raw TCP cannot carry;"
                            + " name the port as tcp in inbound.ports if it speaks no HTTP");
        }
        SpiffeId id = connection.peer().id();
        AccessRules.Decision decision = rules.decideConnection(id);
        if (decision.allowed()) {
            return null;
        }
        String who = id == null ? "a caller without an identity" : id.toString();
        return refused(
                decision.rule().isEmpty()
                        ? "no rule allows raw TCP from " + who
                        : "rule '" + decision.rule() + "' denies " + who);
    }

    private Failure refused(String why) {
        denied.increment();
        return new Failure.Refused(403, "access-denied", why);
    }

    /** Connections turned away, for metrics. */
    public long denied() {
        return denied.sum();
    }
}
