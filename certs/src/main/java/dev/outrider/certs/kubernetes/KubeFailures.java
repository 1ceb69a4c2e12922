package dev.outrider.certs.kubernetes;

import dev.outrider.certs.Json;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Turns what went wrong into a {@link KubeException} that names the object and the mend. */
final class KubeFailures {
    private static final int LONGEST_QUOTE = 400;

    private KubeFailures() {}

    /** An answer that is no success; its body is the API's {@code Status}, or anything at all. */
    static KubeException refused(Target target, int status, HttpHeaders headers, byte[] body) {
        Map<String, @Nullable Object> told = status(body);
        String said =
                Fields.text(told, "message")
                        .or(() -> Optional.of(new String(body, StandardCharsets.UTF_8).strip()))
                        .map(KubeFailures::quoted)
                        .orElse("");
        String reason =
                Fields.text(told, "reason").filter(r -> !r.isBlank()).orElse("Status" + status);
        return new KubeException(
                status,
                reason,
                "%s: the API server answered %d (%s)%s%s"
                        .formatted(
                                target,
                                status,
                                reason,
                                said.isEmpty() ? "" : ": " + said,
                                mend(target, status)),
                retryAfter(headers, told).orElse(null),
                null);
    }

    /** The {@code Status} object of an ERROR event in a watch. */
    static KubeException told(Target target, Map<String, @Nullable Object> told) {
        int status = Fields.number(told, "code").orElse(500L).intValue();
        String reason = Fields.text(told, "reason").orElse("Status" + status);
        String said = quoted(Fields.text(told, "message").orElse("no message"));
        return new KubeException(
                status,
                reason,
                target
                        + ": the API server ended the watch with "
                        + status
                        + " ("
                        + reason
                        + "): "
                        + said,
                retryAfter(HttpHeaders.of(Map.of(), (a, b) -> true), told).orElse(null),
                null);
    }

    static KubeException timeout(Target target, Duration waited) {
        return new KubeException(
                0,
                "Timeout",
                target + ": no answer of the API server within " + waited.toMillis() + " ms",
                null,
                null);
    }

    static KubeException malformed(Target target, String what, @Nullable Throwable cause) {
        return new KubeException(
                0,
                "Malformed",
                target + ": the answer is not what an API server says: " + what,
                null,
                cause);
    }

    static KubeException tooLarge(Target target, String what) {
        return new KubeException(
                0, "TooLarge", target + ": " + what + "; narrow the selector", null, null);
    }

    static KubeException interrupted(Target target) {
        return new KubeException(0, "Interrupted", target + ": interrupted", null, null);
    }

    static KubeException network(Target target, String server, Throwable failure) {
        String why =
                switch (failure) {
                    case HttpConnectTimeoutException _ -> "no connection in time";
                    case ConnectException _ -> "connection refused or no route";
                    case SSLException e ->
                            "TLS failed (" + e.getMessage() + "); is ca.crt that of this cluster?";
                    default ->
                            failure.getMessage() == null
                                    ? failure.getClass().getSimpleName()
                                    : failure.getMessage();
                };
        return new KubeException(
                0,
                "Unreachable",
                target + ": the API server " + server + " cannot be reached: " + why,
                null,
                failure);
    }

    /** A stream that ended in the middle, as they do when a server or a balancer restarts. */
    static KubeException broken(Target target, Throwable failure) {
        return new KubeException(
                0, "Unreachable", target + ": broke off: " + failure.getMessage(), null, failure);
    }

    static KubeException noToken(Target target, Throwable failure) {
        return new KubeException(
                0,
                "Unreachable",
                target
                        + ": our own token cannot be read: "
                        + failure.getMessage()
                        + "; is automountServiceAccountToken off for this pod?",
                null,
                failure);
    }

    private static String mend(Target target, int status) {
        return switch (status) {
            case 401 ->
                    "; our token is not accepted: expired, of another cluster, or not for the"
                            + " API's audience";
            case 403 ->
                    "; grant "
                            + target.right()
                            + " to our service account with a Role or ClusterRole and its binding";
            case 404 ->
                    target.verb().equals("create")
                            ? "; does the namespace exist, and does this server know the kind?"
                            : "";
            default -> "";
        };
    }

    private static Map<String, @Nullable Object> status(byte[] body) {
        try {
            return Json.object(body);
        } catch (IllegalArgumentException e) {
            return Map.of();
        }
    }

    private static Optional<Duration> retryAfter(
            HttpHeaders headers, Map<String, @Nullable Object> told) {
        return headers.firstValue("Retry-After")
                .filter(text -> text.matches("[0-9]{1,5}"))
                .map(Long::parseLong)
                .or(() -> Fields.number(told, "details", "retryAfterSeconds"))
                .filter(seconds -> seconds >= 0)
                .map(Duration::ofSeconds);
    }

    private static String quoted(String text) {
        return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
    }
}
