package dev.outrider.sidecar.exchange;

import java.time.Duration;
import java.util.List;

/**
 * Every way an exchange, or one attempt of it, can fail. A failure knows one stable {@link #reason}
 * for logs, metrics and clients, which {@link #side} is to blame, a {@link #detail} for operators
 * only, and whether the request may have reached the upstream: without {@link #sent} a retry is
 * safe whatever the method.
 */
public sealed interface Failure {
    /** Whose doing it is. */
    enum Side {
        CLIENT,
        PROXY,
        UPSTREAM
    }

    /** A stable word in lower case with dashes. */
    String reason();

    Side side();

    /** For logs and traces; never shown to a client outside the mesh. */
    String detail();

    /** Whether any byte of the request may have reached an upstream. */
    default boolean sent() {
        return false;
    }

    /** The request itself is at fault: malformed, too large, or too slow; 4xx. */
    record BadRequest(int status, String reason, String detail) implements Failure {
        @Override
        public Side side() {
            return Side.CLIENT;
        }
    }

    /**
     * The caller is not let through: 401 without credentials that hold, 403 with ones that do not
     * suffice.
     *
     * @param challenges the values of WWW-Authenticate, one field each (RFC 9110, section 11.6.1);
     *     they go to the client, so they must not tell why
     */
    record Refused(int status, String reason, String detail, List<String> challenges)
            implements Failure {
        private static final List<String> BEARER = List.of("Bearer");

        public Refused {
            challenges = List.copyOf(challenges);
        }

        /** With the challenge that service-to-service tokens answer. */
        public Refused(int status, String reason, String detail) {
            this(status, reason, detail, status == 401 ? BEARER : List.of());
        }

        @Override
        public Side side() {
            return Side.CLIENT;
        }
    }

    record RateLimited(String limit, Duration retryAfter, String detail) implements Failure {
        @Override
        public String reason() {
            return "rate-limited";
        }

        @Override
        public Side side() {
            return Side.CLIENT;
        }
    }

    /**
     * Nothing is configured for the request.
     *
     * @param allowed the methods with which there would be a route, then it is a 405; empty if none
     */
    record NoRoute(String detail, List<String> allowed) implements Failure {
        public NoRoute(String authority) {
            this("no service is configured for host '" + authority + "'", List.of());
        }

        @Override
        public String reason() {
            return allowed.isEmpty() ? "no-route" : "method-not-allowed";
        }

        @Override
        public Side side() {
            return Side.CLIENT;
        }
    }

    /** No endpoint is known, or none is healthy. */
    record NoEndpoint(String service, String detail) implements Failure {
        @Override
        public String reason() {
            return "no-endpoint";
        }

        @Override
        public Side side() {
            return Side.UPSTREAM;
        }
    }

    record CircuitOpen(String service, Duration retryAfter) implements Failure {
        @Override
        public String reason() {
            return "circuit-open";
        }

        @Override
        public Side side() {
            return Side.UPSTREAM;
        }

        @Override
        public String detail() {
            return "the breaker of "
                    + service
                    + " is open for another "
                    + retryAfter.toMillis()
                    + " ms";
        }
    }

    /** As many calls as the bulkhead allows are running, and its queue is full or was too slow. */
    record BulkheadFull(String service, String detail) implements Failure {
        @Override
        public String reason() {
            return "bulkhead-full";
        }

        @Override
        public Side side() {
            return Side.PROXY;
        }
    }

    record ConnectFailed(String endpoint, String detail) implements Failure {
        @Override
        public String reason() {
            return "connect-failed";
        }

        @Override
        public Side side() {
            return Side.UPSTREAM;
        }
    }

    /** The handshake with the upstream failed, or it is not who it should be. */
    record TlsFailed(String endpoint, String detail) implements Failure {
        @Override
        public String reason() {
            return "tls-failed";
        }

        @Override
        public Side side() {
            return Side.UPSTREAM;
        }
    }

    /** A phase took longer than it may. */
    record TimedOut(Phase phase, String detail, boolean sent) implements Failure {
        /** Which clock ran out. */
        public enum Phase {
            CONNECT,
            PER_TRY,
            REQUEST,
            IDLE,
            /** The caller's deadline had passed before the work began. */
            ARRIVED_LATE,
            QUEUE
        }

        @Override
        public String reason() {
            return switch (phase) {
                case CONNECT -> "connect-timeout";
                case PER_TRY -> "try-timeout";
                case REQUEST -> "request-timeout";
                case IDLE -> "idle-timeout";
                case ARRIVED_LATE -> "deadline-passed";
                case QUEUE -> "queue-timeout";
            };
        }

        @Override
        public Side side() {
            return phase == Phase.ARRIVED_LATE ? Side.CLIENT : Side.UPSTREAM;
        }
    }

    /**
     * The upstream closed or reset the connection; {@code answered} if part of a response had come.
     */
    record UpstreamReset(String endpoint, String detail, boolean sent, boolean answered)
            implements Failure {
        @Override
        public String reason() {
            return answered ? "response-broken-off" : "upstream-reset";
        }

        @Override
        public Side side() {
            return Side.UPSTREAM;
        }
    }

    /** The upstream says it did not process the request. */
    record UpstreamRefused(String endpoint, String detail) implements Failure {
        @Override
        public String reason() {
            return "upstream-refused";
        }

        @Override
        public Side side() {
            return Side.UPSTREAM;
        }
    }

    /** The upstream's answer is no HTTP, or no safe HTTP. */
    record UpstreamProtocol(String endpoint, String detail) implements Failure {
        @Override
        public String reason() {
            return "upstream-protocol-error";
        }

        @Override
        public Side side() {
            return Side.UPSTREAM;
        }

        @Override
        public boolean sent() {
            return true;
        }
    }

    /** The client went away before the exchange was over. */
    record ClientGone(String detail, boolean sent) implements Failure {
        @Override
        public String reason() {
            return "client-gone";
        }

        @Override
        public Side side() {
            return Side.CLIENT;
        }
    }

    /** An injected fault. */
    record Injected(int status) implements Failure {
        @Override
        public String reason() {
            return "fault-injected";
        }

        @Override
        public Side side() {
            return Side.PROXY;
        }

        @Override
        public String detail() {
            return "fault injection answered " + status;
        }
    }

    /** The service is at an address of this proxy's own, which would send the call there again. */
    record Loop(String service, String address) implements Failure {
        @Override
        public String reason() {
            return "loop-detected";
        }

        @Override
        public Side side() {
            return Side.PROXY;
        }

        @Override
        public String detail() {
            return service
                    + " is configured to be at "
                    + address
                    + ", where this proxy itself listens: the call would come back here without"
                    + " end";
        }
    }

    /** What the proxy needs of its own is missing: a token, a key set, an identity. */
    record NotReady(String reason, String detail) implements Failure {
        @Override
        public Side side() {
            return Side.PROXY;
        }
    }

    /** An exception that should not have been; it is logged with its stack where it is caught. */
    record Bug(String detail) implements Failure {
        @Override
        public String reason() {
            return "internal-error";
        }

        @Override
        public Side side() {
            return Side.PROXY;
        }

        @Override
        public boolean sent() {
            return true;
        }
    }
}
