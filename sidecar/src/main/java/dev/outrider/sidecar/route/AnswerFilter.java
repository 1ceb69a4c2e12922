package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The end of a route that answers by itself. */
final class AnswerFilter implements RequestFilter {
    private static final int LARGEST = 1024 * 1024;

    private final AnswerConfig config;
    private final byte[] body;

    /**
     * Reads the file, so not on a loop.
     *
     * @throws IllegalArgumentException if it cannot be read or is too large
     */
    AnswerFilter(AnswerConfig config) {
        this.config = config;
        this.body =
                config.file() == null
                        ? config.body().getBytes(StandardCharsets.UTF_8)
                        : read(config.file());
    }

    private static byte[] read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new IllegalArgumentException("'" + file + "' is larger than 1 MiB");
            }
            return bytes;
        } catch (IOException e) {
            throw new IllegalArgumentException("'" + file + "' cannot be read: " + e, e);
        }
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        // Of its own for each response, since the filters above change it.
        Headers headers = new Headers();
        if (config.status() != 204 && config.status() != 304) {
            if (body.length > 0) {
                headers.add("Content-Type", config.contentType());
            }
            headers.add("Content-Length", body.length);
        }
        return new Verdict.Answer(new ResponseHead(config.status(), headers, body.length), body);
    }
}
