package dev.outrider.sidecar.exchange;

import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy must know of gRPC over HTTP/2 (grpc/grpc, doc/PROTOCOL-HTTP2.md): what is a call,
 * how long it may take, and how it ended. gRPC-Web carries its status in the body and is left
 * alone.
 */
public final class Grpc {
    public static final String STATUS = "grpc-status";
    public static final String MESSAGE = "grpc-message";
    public static final String TIMEOUT = "grpc-timeout";

    /** When a client is to try again by itself, and that it is not to (gRFC A6, "Pushback"). */
    public static final String PUSHBACK = "grpc-retry-pushback-ms";

    /** No status was said. */
    public static final int NONE = -1;

    public static final int OK = 0;
    public static final int CANCELLED = 1;
    public static final int DEADLINE_EXCEEDED = 4;
    public static final int PERMISSION_DENIED = 7;
    public static final int RESOURCE_EXHAUSTED = 8;
    public static final int UNIMPLEMENTED = 12;
    public static final int INTERNAL = 13;
    public static final int UNAVAILABLE = 14;
    public static final int UNAUTHENTICATED = 16;

    private static final String CONTENT_TYPE = "application/grpc";
    private static final int MOST_DIGITS = 8;
    private static final Duration MOST_PUSHBACK = Duration.ofMinutes(1);

    private Grpc() {}

    /** Whether a request is a gRPC call; always POST, so others need no look at a header. */
    public static boolean is(RequestHead head) {
        if (!head.method().equals("POST")) {
            return false;
        }
        String type = head.headers().get("content-type");
        return type != null
                && type.startsWith(CONTENT_TYPE)
                && (type.length() == CONTENT_TYPE.length()
                        || "+;".indexOf(type.charAt(CONTENT_TYPE.length())) >= 0);
    }

    /** The status in a head or in trailers, or {@link #NONE}. */
    public static int status(Headers headers) {
        String text = headers.get(STATUS);
        if (text == null || text.isEmpty() || text.length() > 2) {
            return NONE;
        }
        int status = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return NONE;
            }
            status = status * 10 + (c - '0');
        }
        return status;
    }

    /** Whether a call that ended so speaks against the endpoint, not against the request. */
    public static boolean serverFault(int status) {
        return switch (status) {
            case 2, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE, 15 -> true;
            default -> false;
        };
    }

    /** Nanoseconds of a {@code grpc-timeout}, or -1 for what is none. */
    public static long timeoutNanos(@Nullable String text) {
        int digits = text == null ? 0 : text.length() - 1;
        if (text == null || digits < 1 || digits > MOST_DIGITS) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < digits; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + (c - '0');
        }
        return switch (text.charAt(digits)) {
            case 'n' -> number;
            case 'u' -> number * 1_000;
            case 'm' -> number * 1_000_000;
            case 'S' -> number * 1_000_000_000;
            case 'M' -> number * 60 * 1_000_000_000;
            // 99,999,999 hours would not fit; nobody waits a century for the difference.
            case 'H' -> Math.min(number, 876_000) * 3_600 * 1_000_000_000;
            default -> -1;
        };
    }

    /** A {@code grpc-timeout} of so many nanoseconds, rounded down. */
    public static String timeout(long nanos) {
        long left = Math.max(0, nanos);
        String units = "num";
        for (int i = 0; i < units.length(); i++) {
            if (left < 100_000_000) {
                return Long.toString(left) + units.charAt(i);
            }
            left /= 1_000;
        }
        return left < 100_000_000 ? left + "S" : left / 3_600 + "H";
    }

    /**
     * For how many milliseconds a client is to hold the call before it tries again, or -1: it is
     * not to, since the call would be over before, or held for very long. Clients do as they are
     * told, whatever their deadline, and then report that and not what they were told.
     *
     * @param timeoutNanos what the client gives the call, negative if it sets no deadline
     */
    static long pushbackMillis(Duration wait, long timeoutNanos) {
        boolean tooLong =
                wait.compareTo(MOST_PUSHBACK) > 0
                        || timeoutNanos >= 0 && wait.toNanos() >= timeoutNanos;
        return tooLong ? -1 : wait.toMillis() + (wait.toNanosPart() % 1_000_000 > 0 ? 1 : 0);
    }

    /** How a failure of the proxy's own ends a call. */
    static int status(Failure failure) {
        return switch (failure) {
            case Failure.BadRequest it ->
                    switch (it.status()) {
                        case 408 -> DEADLINE_EXCEEDED;
                        case 413, 431 -> RESOURCE_EXHAUSTED;
                        default -> INTERNAL;
                    };
            case Failure.Refused it -> it.status() == 401 ? UNAUTHENTICATED : PERMISSION_DENIED;
            case Failure.RateLimited _ -> RESOURCE_EXHAUSTED;
            case Failure.NoRoute _ -> UNIMPLEMENTED;
            case Failure.NoEndpoint _,
                    Failure.CircuitOpen _,
                    Failure.BulkheadFull _,
                    Failure.ConnectFailed _,
                    Failure.TlsFailed _,
                    Failure.UpstreamReset _,
                    Failure.UpstreamRefused _,
                    Failure.NotReady _ ->
                    UNAVAILABLE;
            case Failure.TimedOut it ->
                    switch (it.phase()) {
                        case CONNECT, QUEUE -> UNAVAILABLE;
                        case PER_TRY, REQUEST, IDLE, ARRIVED_LATE -> DEADLINE_EXCEEDED;
                    };
            case Failure.ClientGone _ -> CANCELLED;
            case Failure.Injected it -> ofHttp(it.status());
            case Failure.UpstreamProtocol _, Failure.Loop _, Failure.Bug _ -> INTERNAL;
        };
    }

    /** How a gRPC client reads a status of HTTP (doc/http-grpc-status-mapping.md). */
    private static int ofHttp(int status) {
        return switch (status) {
            case 400 -> INTERNAL;
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404 -> UNIMPLEMENTED;
            case 429, 502, 503, 504 -> UNAVAILABLE;
            default -> 2;
        };
    }

    /** Adds the end of a call that the proxy makes, percent-encoded as the protocol asks. */
    static void end(Headers headers, int status, String message) {
        headers.add(STATUS, status);
        StringBuilder text = new StringBuilder(message.length());
        for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b < 127 && b != '%') {
                text.append((char) b);
            } else {
                text.append(String.format("%%%02X", b & 0xff));
            }
        }
        headers.add(MESSAGE, text.toString());
    }
}
