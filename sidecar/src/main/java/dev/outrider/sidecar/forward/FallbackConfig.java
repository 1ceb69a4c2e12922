package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.filter.Upstream;
import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** What a caller gets while the breaker is open, in place of an error. */
public record FallbackConfig(int status, String contentType, String body) {
    public static final Schema<FallbackConfig> SCHEMA =
            Schema.record(
                    "FallbackConfig",
                    "The answer given while the breaker is open, in place of a 503.",
                    f ->
                            new FallbackConfig(
                                    f.optional(
                                            "status",
                                            Schemas.integer(200, 599),
                                            200,
                                            "status of the answer"),
                                    f.optional(
                                            "contentType",
                                            Schemas.text(),
                                            "application/json",
                                            "type of the answer's body"),
                                    f.optional("body", Schemas.text(), "", "body of the answer")));

    public FallbackConfig {
        if (!contentType.chars().allMatch(Fields::isFieldValue)) {
            throw new IllegalArgumentException(
                    "contentType must be one line of visible characters, such as text/plain");
        }
    }

    void answer(Upstream.Reply reply, boolean toHead) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        Headers headers = new Headers();
        headers.add("Content-Type", contentType);
        headers.add("Content-Length", bytes.length);
        headers.add(
                "Proxy-Status", "outrider; error=proxy_internal_response; details=\"fallback\"");
        boolean empty = toHead || bytes.length == 0;
        reply.head(new ResponseHead(status, headers, bytes.length), empty);
        if (!empty) {
            reply.data(Unpooled.wrappedBuffer(bytes));
            reply.end(Headers.EMPTY);
        }
        reply.flush();
    }
}
