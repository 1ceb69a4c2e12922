package dev.outrider.sidecar.route;

import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer that needs no upstream; {@code body} or {@code file} or neither. */
public record AnswerConfig(int status, String contentType, String body, @Nullable Path file) {
    public static final Schema<AnswerConfig> SCHEMA =
            Schema.record(
                    "AnswerConfig",
                    "An answer that needs no service. Further fields come from 'responseHeaders'.",
                    f ->
                            new AnswerConfig(
                                    f.optional(
                                            "status",
                                            Schemas.integer(200, 599),
                                            200,
                                            "status of the answer"),
                                    f.optional(
                                            "contentType",
                                            Schemas.text(),
                                            "text/plain; charset=utf-8",
                                            "type of the body"),
                                    f.optional("body", Schemas.text(), "", "body of the answer"),
                                    f.nullable(
                                            "file",
                                            Schemas.scalar(
                                                    "path",
                                                    Map.of("type", "string"),
                                                    Path.of("/etc/outrider/answer.html"),
                                                    AnswerConfig::path),
                                            "file with the body, at most 1 MiB, read when the"
                                                    + " configuration is")));

    public AnswerConfig {
        if (!contentType.chars().allMatch(Fields::isFieldValue)) {
            throw new IllegalArgumentException(
                    "contentType must be one line of visible characters, such as text/plain");
        }
        if (!body.isEmpty() && file != null) {
            throw new IllegalArgumentException("say 'body' or 'file', not both");
        }
        if ((status == 204 || status == 304) && (!body.isEmpty() || file != null)) {
            throw new IllegalArgumentException("an answer of " + status + " has no body");
        }
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is no path", e);
        }
    }
}
