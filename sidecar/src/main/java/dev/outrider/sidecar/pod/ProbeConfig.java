package dev.outrider.sidecar.pod;

import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How it is found out whether the app is well: one of the three. */
public record ProbeConfig(
        @Nullable HttpProbeConfig http,
        @Nullable Integer tcp,
        @Nullable GrpcProbeConfig grpc,
        Duration timeout) {
    private static final Duration SHORTEST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofDays(7);

    static final Schema<Integer> PORT = Schemas.integer(1, 65535);

    static final RecordSchema<ProbeConfig> SCHEMA =
            Schema.record(
                    "ProbeConfig",
                    "A probe of the app, as the kubelet has it: http, tcp or grpc.",
                    f ->
                            new ProbeConfig(
                                    f.nullable(
                                            "http",
                                            HttpProbeConfig.SCHEMA,
                                            "good with a status from 200 to 399"),
                                    f.nullable(
                                            "tcp",
                                            PORT,
                                            "a port; good when it can be connected to"),
                                    f.nullable(
                                            "grpc",
                                            GrpcProbeConfig.SCHEMA,
                                            "good when grpc.health.v1 says SERVING"),
                                    f.optional(
                                            "timeout",
                                            Schemas.duration(),
                                            Duration.ofSeconds(1),
                                            "how long it may take, redirects included")));

    public ProbeConfig {
        if (Stream.of(http, tcp, grpc).filter(java.util.Objects::nonNull).count() != 1) {
            throw new IllegalArgumentException("give one of http, tcp and grpc");
        }
        requireTimeout(timeout);
    }

    static void requireTimeout(Duration timeout) {
        if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("'timeout' must be from 50ms to 7d");
        }
    }
}
