package dev.outrider.certs;

import dev.outrider.certs.CaClient.Deadlines;
import dev.outrider.certs.CaException.Side;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** TLS 1.3, deadlines, bounded answers and the words for every way a call can fail. */
final class CaConnection implements AutoCloseable {
    private static final int LARGEST_ANSWER = 1 << 20;

    private final URI ca;
    private final CaTrustManager trust;
    private final InstantSource clock;
    private final Deadlines deadlines;
    private final HttpClient anonymous;
    private final Object lock = new Object();
    private @Nullable Identified identified;
    private volatile Duration skew = Duration.ZERO;

    private record Identified(X509Svid svid, HttpClient client) {}

    CaConnection(URI ca, CaTrustManager trust, InstantSource clock, Deadlines deadlines) {
        if (!"https".equals(ca.getScheme()) || ca.getHost() == null) {
            throw new IllegalArgumentException(
                    "'" + ca + "' is no address of an authority; write https://host:port");
        }
        this.ca = ca;
        this.trust = trust;
        this.clock = clock;
        this.deadlines = deadlines;
        this.anonymous = client(null);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(ca.resolve(path)).timeout(deadlines.request());
    }

    /** The body of a 200; everything else is an exception. */
    String send(HttpRequest.Builder request, @Nullable X509Svid shown) throws CaException {
        HttpClient client = shown == null ? anonymous : identified(shown);
        Instant asked = clock.instant();
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(
                        request.build(),
                        BodyHandlers.limiting(BodyHandlers.ofString(), LARGEST_ANSWER));
        try {
            // The request's own timeout ends with the response head; this one covers the body.
            HttpResponse<String> response =
                    answer.get(deadlines.request().toMillis(), TimeUnit.MILLISECONDS);
            measureSkew(response, asked);
            if (response.statusCode() == 200) {
                return response.body();
            }
            throw CaFailures.refused(response, object(response.body()).orElse(Map.of()));
        } catch (TimeoutException e) {
            throw CaFailures.timeout(ca, deadlines.request(), e);
        } catch (ExecutionException e) {
            throw CaFailures.network(ca, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CaException(
                    Side.CALLER, "interrupted", "interrupted while waiting", true, null, e);
        } finally {
            answer.cancel(true);
        }
    }

    Duration skew() {
        return skew;
    }

    static Optional<Map<?, ?>> object(String json) {
        try {
            return Optional.of(Json.object(json));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        anonymous.shutdownNow();
        synchronized (lock) {
            if (identified != null) {
                identified.client().shutdownNow();
            }
        }
    }

    /**
     * A certificate is fixed when a connection opens, so a renewed one needs a client of its own.
     */
    private HttpClient identified(X509Svid svid) {
        synchronized (lock) {
            Identified known = identified;
            if (known != null && known.svid().equals(svid)) {
                return known.client();
            }
            if (known != null) {
                known.client().shutdown();
            }
            Identified fresh = new Identified(svid, client(svid));
            identified = fresh;
            return fresh.client();
        }
    }

    private HttpClient client(@Nullable X509Svid svid) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(
                    new KeyManager[] {new SvidKeyManager(() -> svid)},
                    new TrustManager[] {trust},
                    null);
            SSLParameters parameters = context.getDefaultSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.3"});
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(deadlines.connect())
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .sslContext(context)
                    .sslParameters(parameters)
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java lacks TLS 1.3", e);
        }
    }

    private void measureSkew(HttpResponse<?> response, Instant asked) {
        Instant middle = asked.plus(Duration.between(asked, clock.instant()).dividedBy(2));
        response.headers()
                .firstValue("Date")
                .flatMap(CaConnection::date)
                // Date is cut to the second: half of one is the likeliest rest.
                .ifPresent(date -> skew = Duration.between(middle, date.plusMillis(500)));
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
