package dev.outrider.sidecar.auth;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A key set fetched over HTTP. Each fetch has a client of its own: fetches are minutes apart, and
 * the trust may have changed since the last. Redirects are not followed.
 */
final class HttpJwksSource implements JwksSource {
    private static final Pattern MAX_AGE =
            Pattern.compile("(?:^|[,\\s])max-age=\"?([0-9]{1,9})", Pattern.CASE_INSENSITIVE);
    private static final Duration SHORTEST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofHours(24);

    private final URI url;
    private final Duration timeout;
    private final Supplier<SSLContext> trust;

    HttpJwksSource(URI url, Duration timeout, Supplier<SSLContext> trust) {
        this.url = url;
        this.timeout = timeout;
        this.trust = trust;
    }

    @Override
    @SuppressWarnings("try") // shutdownNow, since close() would wait for what has just timed out
    public Fetched fetch() throws IOException, InterruptedException {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(timeout);
        if ("https".equals(url.getScheme())) {
            builder.sslContext(trust.get());
        }
        HttpClient client = builder.build();
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(url).header("Accept", "application/json").build();
            // The request's own timeout would end with the response's head.
            HttpResponse<String> response =
                    client.sendAsync(
                                    request,
                                    BodyHandlers.limiting(
                                            BodyHandlers.ofString(StandardCharsets.UTF_8),
                                            FileJwksSource.MOST_BYTES))
                            .get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (response.statusCode() != 200) {
                throw new IOException(url + " answered " + response.statusCode());
            }
            return new Fetched(
                    response.body(),
                    goodFor(response.headers().firstValue("cache-control").orElse("")));
        } catch (ExecutionException e) {
            throw new IOException("fetching " + url + ": " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IOException(url + " did not answer within " + timeout.toMillis() + "ms", e);
        } finally {
            client.shutdownNow();
        }
    }

    /** 80 % of max-age, so that fresh keys are there before the old ones are over. */
    static @Nullable Duration goodFor(String cacheControl) {
        Matcher matcher = MAX_AGE.matcher(cacheControl);
        if (!matcher.find()) {
            return null;
        }
        Duration early = Duration.ofSeconds(Long.parseLong(matcher.group(1)) * 8 / 10);
        if (early.compareTo(SHORTEST) < 0) {
            return SHORTEST;
        }
        return early.compareTo(LONGEST) > 0 ? LONGEST : early;
    }
}
