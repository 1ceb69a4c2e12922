package dev.outrider.sidecar.body;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.List;

/**
 * Which fields JSON bodies lose.
 *
 * @param paths names from the outside in with dots between; {@code *} for any one, {@code **.name}
 *     for that name anywhere; lists are looked through
 * @param maxSize how much of a body is gathered for it
 * @param maxMemory how much of all bodies together
 */
public record RemoveFieldsConfig(
        List<String> paths, long maxSize, long maxMemory, Otherwise otherwise) {
    private static final long MAX_MEMORY = 64L * 1024 * 1024;
    private static final long MAX_SIZE = 1024 * 1024;
    private static final long MOST = 4 * 1024 * 1024;

    /** What becomes of bodies that cannot be read. */
    public enum Otherwise {
        REFUSE,
        PASS
    }

    public static final Schema<RemoveFieldsConfig> SCHEMA =
            Schema.record(
                    "RemoveFieldsConfig",
                    "Which fields JSON bodies lose. A body is gathered whole for it; its media type"
                            + " must name JSON, others pass as they are.",
                    f ->
                            new RemoveFieldsConfig(
                                    f.required(
                                            "paths",
                                            Schemas.list(Schemas.text()),
                                            "fields such as user.password; '*' for any one name,"
                                                    + " '**.password' for that name anywhere; lists"
                                                    + " are looked through"),
                                    f.optional(
                                            "maxSize",
                                            Schemas.size(),
                                            MAX_SIZE,
                                            "the largest body that is read for it, at most 4MiB,"
                                                    + " since reading it takes a loop's time"),
                                    f.optional(
                                            "maxMemory",
                                            Schemas.size(),
                                            MAX_MEMORY,
                                            "the memory for all bodies of the route that are being"
                                                    + " read; beyond it responses get 503 and"
                                                    + " requests 413"),
                                    f.optional(
                                            "otherwise",
                                            Schemas.oneOf(Otherwise.class),
                                            Otherwise.REFUSE,
                                            "bodies that are larger, encoded, partial or no valid"
                                                    + " JSON: 'refuse' (a response gets 502, a"
                                                    + " request 413, 415 or 400) or 'pass' with"
                                                    + " all their fields")));

    public RemoveFieldsConfig {
        paths = List.copyOf(paths);
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("name at least one field");
        }
        if (maxSize < 1 || maxSize > MOST) {
            throw new IllegalArgumentException("maxSize must be from 1B to 4MiB");
        }
        if (maxMemory < maxSize) {
            throw new IllegalArgumentException("maxMemory must be at least maxSize");
        }
        FieldPaths.of(paths);
    }
}
