package dev.outrider.sidecar.observe;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import zipkin2.reporter.BytesMessageSender;
import zipkin2.reporter.Encoding;

/**
 * Posts batches of spans to Zipkin's version 2 API as JSON. Called by the reporter's thread alone;
 * blocks it for the timeout at most. A batch that fails is lost and counted, not tried again: the
 * next one is waiting already.
 */
final class ZipkinSender extends BytesMessageSender.Base {
    private final URI address;
    private final Duration timeout;
    private final int messageMaxBytes;
    private final HttpClient client;

    ZipkinSender(URI address, Duration timeout, int messageMaxBytes) {
        super(Encoding.JSON);
        this.address = address;
        this.timeout = timeout;
        this.messageMaxBytes = messageMaxBytes;
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(timeout)
                        .build();
    }

    @Override
    public int messageMaxBytes() {
        return messageMaxBytes;
    }

    @Override
    public void send(List<byte[]> encodedSpans) throws IOException {
        HttpRequest request =
                HttpRequest.newBuilder(address)
                        .timeout(timeout)
                        .header("content-type", encoding().mediaType())
                        .POST(
                                HttpRequest.BodyPublishers.ofByteArray(
                                        encoding().encode(encodedSpans)))
                        .build();
        try {
            HttpResponse<Void> response =
                    client.send(request, HttpResponse.BodyHandlers.discarding());
            if (response.statusCode() / 100 != 2) {
                throw new IOException("Zipkin answered " + response.statusCode());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while posting spans");
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
