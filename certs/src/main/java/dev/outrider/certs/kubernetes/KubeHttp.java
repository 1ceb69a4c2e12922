package dev.outrider.certs.kubernetes;

import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The wire: our token on each request, a deadline, a bound. HTTP/1.1, so that a watch has a
 * connection of its own whose end is the watch's end. Any thread.
 */
final class KubeHttp implements AutoCloseable {
    private final URI server;
    private final Supplier<String> token;
    private final HttpClient client;

    KubeHttp(URI server, Supplier<String> token, @Nullable SSLContext tls, Duration connect) {
        this.server = server;
        this.token = token;
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(connect)
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .proxy(HttpClient.Builder.NO_PROXY);
        if (tls != null) {
            builder.sslContext(tls);
        }
        this.client = builder.build();
    }

    /** What is asked: method, path with its query, and what goes along. */
    record Call(Target target, String method, String path, String type, byte[] body) {}

    /** The body of a 2xx; everything else is an exception. */
    byte[] send(Call call, Duration deadline, int largest) throws KubeException {
        BodyHandler<byte[]> bounded = BodyHandlers.limiting(BodyHandlers.ofByteArray(), largest);
        HttpResponse<byte[]> response = exchange(call, bounded, deadline);
        if (response.statusCode() / 100 != 2) {
            throw KubeFailures.refused(
                    call.target(), response.statusCode(), response.headers(), response.body());
        }
        return response.body();
    }

    /** A stream whose head was 200 and came within {@code deadline}; its end is the reader's. */
    LineStream open(Call call, Duration deadline) throws KubeException {
        HttpResponse<LineStream> response = exchange(call, _ -> new LineStream(), deadline);
        if (response.statusCode() != 200) {
            byte[] body = response.body().rest(deadline);
            throw KubeFailures.refused(
                    call.target(), response.statusCode(), response.headers(), body);
        }
        return response.body();
    }

    private <T> HttpResponse<T> exchange(Call call, BodyHandler<T> handler, Duration deadline)
            throws KubeException {
        CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request(call), handler);
        try {
            return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw KubeFailures.timeout(call.target(), deadline);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String said = String.valueOf(cause.getMessage());
            throw said.contains("exceeds capacity")
                    ? KubeFailures.tooLarge(call.target(), "the answer is larger than we take")
                    : KubeFailures.network(call.target(), server.toString(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw KubeFailures.interrupted(call.target());
        } finally {
            answer.cancel(true);
        }
    }

    private HttpRequest request(Call call) throws KubeException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(call.path()))
                        .header("Accept", "application/json")
                        .header("User-Agent", "outrider");
        try {
            String proof = token.get();
            if (!proof.isEmpty()) {
                request.header("Authorization", "Bearer " + proof);
            }
        } catch (UncheckedIOException e) {
            throw KubeFailures.noToken(call.target(), e);
        }
        if (!call.type().isEmpty()) {
            request.header("Content-Type", call.type());
        }
        return request.method(
                        call.method(),
                        call.body().length == 0
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofByteArray(call.body()))
                .build();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
