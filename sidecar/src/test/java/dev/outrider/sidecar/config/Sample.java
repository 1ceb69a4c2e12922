package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A configuration with every kind of field, for the tests of this package. */
record Sample(
        String name,
        int port,
        Mode mode,
        boolean trace,
        long body,
        double share,
        @Nullable String token,
        List<String> hosts,
        Retry retry,
        Map<String, Service> services) {
    enum Mode {
        STRICT,
        PERMISSIVE
    }

    record Retry(int attempts, Duration backoff) {
        static final Retry DEFAULTS = new Retry(2, Duration.ofMillis(25));
        static final RecordSchema<Retry> SCHEMA =
                Schema.record(
                        "Retry",
                        "How calls are tried again.",
                        f ->
                                new Retry(
                                        f.optional(
                                                "attempts",
                                                Schemas.integer(0, 10),
                                                2,
                                                "tries after the first | at most"),
                                        f.optional(
                                                "backoff",
                                                Schemas.duration(),
                                                Duration.ofMillis(25),
                                                "first wait")));
    }

    record Service(String address, Retry retry) {
        static final RecordSchema<Service> SCHEMA =
                Schema.record(
                        "Service",
                        "A service that is called.",
                        f ->
                                new Service(
                                        f.required("address", Schemas.text(), "where it is"),
                                        f.optional(
                                                "retry",
                                                Retry.SCHEMA,
                                                Retry.DEFAULTS,
                                                "its retries")));
    }

    static final RecordSchema<Sample> SCHEMA =
            Schema.record(
                    "Sample",
                    "All of it.",
                    f ->
                            new Sample(
                                    f.required("name", Schemas.text(), "what it is called"),
                                    f.optional("port", Schemas.integer(0, 65535), 80, "its port"),
                                    f.optional(
                                            "mode",
                                            Schemas.oneOf(Mode.class),
                                            Mode.STRICT,
                                            "how strict"),
                                    f.optional("trace", Schemas.bool(), false, "traced or not"),
                                    f.optional("body", Schemas.size(), 65536L, "longest body"),
                                    f.optional("share", Schemas.percent(), 0.5, "which share"),
                                    f.nullable("token", Schemas.text(), "a secret"),
                                    f.optional(
                                            "hosts",
                                            Schemas.list(Schemas.text()),
                                            List.of(),
                                            "its names"),
                                    f.optional(
                                            "retry", Retry.SCHEMA, Retry.DEFAULTS, "all retries"),
                                    f.optional(
                                            "services",
                                            Schemas.map(Service.SCHEMA),
                                            Map.of(),
                                            "what it calls")));
}
