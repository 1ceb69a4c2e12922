package dev.outrider.sidecar.exchange;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told of a failure: one status, one stable reason, Proxy-Status (RFC 9209), and a
 * body of problem+json (RFC 9457) if the client takes JSON, else one line of text. Inside the mesh
 * it explains itself, with the attempts that were made; outside it shows nothing of what lies
 * behind the proxy. Why credentials were refused is for the log alone.
 */
public record FailureResponse(ResponseHead head, byte[] body) {
    private static final String UNAUTHORIZED = "unauthorized";

    /** The response to a failed exchange. */
    public static FailureResponse of(Exchange exchange, Failure failure) {
        if (exchange.grpc()) {
            return ofCall(exchange, failure);
        }
        int status = status(failure);
        boolean inside = exchange.direction() != Direction.EDGE;
        Headers headers = new Headers();
        byte[] body;
        if (takesJson(exchange.request().headers().get("accept"))) {
            headers.add("Content-Type", "application/problem+json");
            body = problem(exchange, failure, status, inside).getBytes(StandardCharsets.UTF_8);
        } else {
            headers.add("Content-Type", "text/plain; charset=utf-8");
            body = (status + " " + shownReason(failure) + "\n").getBytes(StandardCharsets.UTF_8);
        }
        headers.add("Content-Length", body.length);
        headers.add("Cache-Control", "no-store");
        explain(exchange, failure, headers, inside);
        long seconds = retryAfterSeconds(failure);
        if (seconds > 0) {
            headers.add("Retry-After", seconds);
        }
        if (failure instanceof Failure.NoRoute it && status == 405) {
            headers.add("Allow", String.join(", ", it.allowed()));
        }
        if (failure instanceof Failure.Refused refused) {
            refused.challenges().forEach(each -> headers.add("WWW-Authenticate", each));
        } else if (status == 401) {
            headers.add("WWW-Authenticate", "Bearer");
        }
        return new FailureResponse(new ResponseHead(status, headers, body.length), body);
    }

    /** A gRPC call's: all that gRPC has for it is a status among trailers, which come alone. */
    private static FailureResponse ofCall(Exchange exchange, Failure failure) {
        Headers headers = new Headers();
        headers.add("content-type", "application/grpc");
        endCall(exchange, failure, headers);
        explain(exchange, failure, headers, exchange.direction() != Direction.EDGE);
        if (failure instanceof Failure.RateLimited limited) {
            // gRPC's clients heed the first, programs and proxies read the second.
            long timeout = Grpc.timeoutNanos(exchange.request().headers().get(Grpc.TIMEOUT));
            headers.add(Grpc.PUSHBACK, Grpc.pushbackMillis(limited.retryAfter(), timeout));
            headers.add("Retry-After", retryAfterSeconds(failure));
        }
        return new FailureResponse(new ResponseHead(200, headers, BodyLength.NONE), new byte[0]);
    }

    /** The trailers of a gRPC call whose response breaks off. */
    public static Headers trailers(Exchange exchange, Failure failure) {
        Headers trailers = new Headers();
        endCall(exchange, failure, trailers);
        return trailers;
    }

    private static void endCall(Exchange exchange, Failure failure, Headers headers) {
        boolean inside = exchange.direction() != Direction.EDGE;
        String reason = shownReason(failure);
        int status = Grpc.status(failure);
        exchange.grpcStatus(status);
        Grpc.end(
                headers,
                status,
                detailShown(failure, inside) ? reason + ": " + failure.detail() : reason);
    }

    private static void explain(
            Exchange exchange, Failure failure, Headers headers, boolean inside) {
        headers.add("Proxy-Status", proxyStatus(exchange, failure, inside));
        if (!exchange.requestId().isEmpty()) {
            headers.add(Exchange.REQUEST_ID, exchange.requestId());
        }
    }

    /** The status a failure becomes. */
    public static int status(Failure failure) {
        return switch (failure) {
            case Failure.BadRequest it -> it.status();
            case Failure.Refused it -> it.status();
            case Failure.RateLimited _ -> 429;
            case Failure.NoRoute it -> it.allowed().isEmpty() ? 404 : 405;
            case Failure.NoEndpoint _ -> 503;
            case Failure.CircuitOpen _ -> 503;
            case Failure.BulkheadFull _ -> 503;
            case Failure.ConnectFailed _ -> 503;
            case Failure.TlsFailed _ -> 502;
            case Failure.TimedOut it ->
                    it.phase() == Failure.TimedOut.Phase.CONNECT
                                    || it.phase() == Failure.TimedOut.Phase.QUEUE
                            ? 503
                            : 504;
            case Failure.UpstreamReset _ -> 502;
            case Failure.UpstreamRefused _ -> 503;
            case Failure.UpstreamProtocol _ -> 502;
            case Failure.ClientGone _ -> 499;
            case Failure.Injected it -> it.status();
            case Failure.Loop _ -> 508;
            case Failure.NotReady _ -> 503;
            case Failure.Bug _ -> 500;
        };
    }

    /** The error type of RFC 9209, section 2.3. */
    private static String proxyError(Failure failure) {
        return switch (failure) {
            case Failure.BadRequest _ -> "http_request_error";
            case Failure.Refused _ -> "http_request_denied";
            case Failure.RateLimited _ -> "http_request_denied";
            case Failure.NoRoute _ -> "destination_not_found";
            case Failure.NoEndpoint _ -> "destination_unavailable";
            case Failure.CircuitOpen _ -> "destination_unavailable";
            case Failure.BulkheadFull _ -> "connection_limit_reached";
            case Failure.ConnectFailed _ -> "connection_refused";
            case Failure.TlsFailed _ -> "tls_protocol_error";
            case Failure.TimedOut it ->
                    switch (it.phase()) {
                        case CONNECT -> "connection_timeout";
                        case PER_TRY, REQUEST, IDLE -> "http_response_timeout";
                        case ARRIVED_LATE -> "http_request_error";
                        case QUEUE -> "connection_limit_reached";
                    };
            case Failure.UpstreamReset it ->
                    it.answered() ? "http_response_incomplete" : "connection_terminated";
            case Failure.UpstreamRefused _ -> "destination_unavailable";
            case Failure.UpstreamProtocol _ -> "http_protocol_error";
            case Failure.ClientGone _ -> "connection_terminated";
            case Failure.Injected _ -> "proxy_internal_response";
            case Failure.Loop _ -> "proxy_loop_detected";
            case Failure.NotReady _ -> "proxy_internal_error";
            case Failure.Bug _ -> "proxy_internal_error";
        };
    }

    private static long retryAfterSeconds(Failure failure) {
        Duration wait =
                switch (failure) {
                    case Failure.RateLimited it -> it.retryAfter();
                    case Failure.CircuitOpen it -> it.retryAfter();
                    case Failure.BulkheadFull _, Failure.NotReady _ -> Duration.ofSeconds(1);
                    case Failure.BadRequest _,
                            Failure.Refused _,
                            Failure.NoRoute _,
                            Failure.NoEndpoint _,
                            Failure.ConnectFailed _,
                            Failure.TlsFailed _,
                            Failure.TimedOut _,
                            Failure.UpstreamReset _,
                            Failure.UpstreamRefused _,
                            Failure.UpstreamProtocol _,
                            Failure.ClientGone _,
                            Failure.Injected _,
                            Failure.Loop _,
                            Failure.Bug _ ->
                            Duration.ZERO;
                };
        return wait.toSeconds() + (wait.toNanosPart() > 0 ? 1 : 0);
    }

    /** A refused token's reason would help whoever is guessing. */
    private static String shownReason(Failure failure) {
        return failure instanceof Failure.Refused refused && refused.status() == 401
                ? UNAUTHORIZED
                : failure.reason();
    }

    private static boolean detailShown(Failure failure, boolean inside) {
        return switch (failure) {
            case Failure.Refused it -> inside && it.status() != 401;
            case Failure.Bug _, Failure.NotReady _ -> false;
            case Failure.BadRequest _ -> true;
            case Failure.RateLimited _,
                    Failure.NoRoute _,
                    Failure.NoEndpoint _,
                    Failure.CircuitOpen _,
                    Failure.BulkheadFull _,
                    Failure.ConnectFailed _,
                    Failure.TlsFailed _,
                    Failure.TimedOut _,
                    Failure.UpstreamReset _,
                    Failure.UpstreamRefused _,
                    Failure.UpstreamProtocol _,
                    Failure.ClientGone _,
                    Failure.Injected _,
                    Failure.Loop _ ->
                    inside;
        };
    }

    private static String proxyStatus(Exchange exchange, Failure failure, boolean inside) {
        StringBuilder text = new StringBuilder(96);
        text.append("outrider; error=").append(proxyError(failure));
        text.append("; details=");
        StructuredText.quote(text, shownReason(failure));
        if (inside && !exchange.attempts().isEmpty()) {
            text.append("; next-hop=");
            StructuredText.quote(text, exchange.attempts().getLast().endpoint());
        }
        return text.toString();
    }

    private static String problem(Exchange exchange, Failure failure, int status, boolean inside) {
        StringBuilder json = new StringBuilder(256);
        json.append("{\"type\":").append(problemType(failure)).append(",\"title\":");
        StructuredText.json(json, title(status));
        json.append(",\"status\":").append(status).append(",\"reason\":");
        StructuredText.json(json, shownReason(failure));
        if (detailShown(failure, inside)) {
            json.append(",\"detail\":");
            StructuredText.json(json, failure.detail());
        }
        if (!exchange.requestId().isEmpty()) {
            json.append(",\"requestId\":");
            StructuredText.json(json, exchange.requestId());
        }
        TraceContext trace = exchange.trace();
        if (trace != null) {
            json.append(",\"traceId\":\"");
            HexFormat hex = HexFormat.of();
            json.append(hex.toHexDigits(trace.traceIdHigh()));
            json.append(hex.toHexDigits(trace.traceIdLow())).append('"');
        }
        if (failure instanceof Failure.RateLimited it) {
            json.append(",\"violated-policies\":[");
            StructuredText.json(json, it.limit());
            json.append(']');
        }
        long seconds = retryAfterSeconds(failure);
        if (seconds > 0) {
            json.append(",\"retryAfterSeconds\":").append(seconds);
        }
        if (inside && exchange.service() != null) {
            json.append(",\"service\":");
            StructuredText.json(json, exchange.service());
            attempts(json, exchange);
        }
        return json.append("}\n").toString();
    }

    /** The one registered type that fits is of draft-ietf-httpapi-ratelimit-headers. */
    private static String problemType(Failure failure) {
        return failure instanceof Failure.RateLimited
                ? "\"https://iana.org/assignments/http-problem-types#quota-exceeded\""
                : "\"about:blank\"";
    }

    private static void attempts(StringBuilder json, Exchange exchange) {
        json.append(",\"attempts\":[");
        String separator = "";
        for (AttemptResult each : exchange.attempts()) {
            json.append(separator).append("{\"endpoint\":");
            StructuredText.json(json, each.endpoint());
            json.append(",\"outcome\":");
            Failure failure = each.failure();
            StructuredText.json(
                    json, failure == null ? "status-" + each.status() : failure.reason());
            json.append(",\"milliseconds\":")
                    .append((each.endedNanos() - each.startedNanos()) / 1_000_000)
                    .append('}');
            separator = ",";
        }
        json.append(']');
    }

    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            case 508 -> "Loop Detected";
            case 505 -> "HTTP Version Not Supported";
            default -> "Error";
        };
    }

    private static boolean takesJson(@Nullable String accept) {
        return accept == null
                || accept.contains("json")
                || accept.contains("*/*")
                || accept.contains("application/*");
    }
}
