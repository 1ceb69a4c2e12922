package dev.outrider.certs;

import dev.outrider.certs.CaException.Side;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Turns what went wrong into a {@link CaException} that says whose side it is on. */
final class CaFailures {
    private CaFailures() {}

    static CaException refused(HttpResponse<?> response, Map<?, ?> problem) {
        int status = response.statusCode();
        boolean theirs = status >= 500 || status == 429 || status == 408;
        String reason = problem.get("reason") instanceof String text ? text : "status-" + status;
        String detail = problem.get("detail") instanceof String text ? text : "no detail given";
        return new CaException(
                theirs ? Side.AUTHORITY : Side.CALLER,
                reason,
                "the authority answered " + status + " (" + reason + "): " + detail,
                theirs,
                retryAfter(response).orElse(null),
                null);
    }

    static CaException timeout(URI ca, Duration waited, Throwable cause) {
        return new CaException(
                Side.NETWORK,
                "timeout",
                ca + " did not answer within " + LifeTime.show(waited),
                true,
                null,
                cause);
    }

    static CaException network(URI ca, Throwable failure) {
        CertificateException certificate = find(failure, CertificateException.class);
        if (certificate != null) {
            boolean clock =
                    certificate instanceof SvidException svid
                            && (svid.reason() == SvidException.Reason.EXPIRED
                                    || svid.reason() == SvidException.Reason.NOT_YET_VALID);
            return new CaException(
                    Side.CALLER,
                    "untrusted-authority",
                    ca + " is not the authority we trust: " + certificate.getMessage(),
                    clock,
                    null,
                    failure);
        }
        String reason =
                switch (failure) {
                    case HttpConnectTimeoutException _ -> "connect-timeout";
                    case HttpTimeoutException _ -> "timeout";
                    case ConnectException _ -> "connect-failed";
                    case SSLException _ -> "tls-failed";
                    default -> "connection-lost";
                };
        String detail =
                failure.getMessage() == null ? "refused or unreachable" : failure.getMessage();
        return new CaException(
                Side.NETWORK, reason, ca + ": " + reason + ": " + detail, true, null, failure);
    }

    private static Optional<Duration> retryAfter(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("[0-9]{1,6}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
    }

    private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> kind) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < 10; depth++) {
            if (kind.isInstance(at)) {
                return kind.cast(at);
            }
            at = at.getCause();
        }
        return null;
    }
}
