package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.Map;

/** A text that no log, dump or message shows. */
public record Secret(String text) {
    static final Schema<Secret> SCHEMA =
            Schemas.scalar("text", Map.of("type", "string"), new Secret(""), Secret::new);

    @Override
    public String toString() {
        return "(redacted)";
    }
}
