package dev.outrider.sidecar.pod;

import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;

/** A call of {@code grpc.health.v1.Health/Check}. */
public record GrpcProbeConfig(int port, String service) {
    private static final int LONGEST = 1024;

    static final RecordSchema<GrpcProbeConfig> SCHEMA =
            Schema.record(
                    "GrpcProbeConfig",
                    "A call of grpc.health.v1.Health/Check, over HTTP/2 in plain text.",
                    f ->
                            new GrpcProbeConfig(
                                    f.required("port", ProbeConfig.PORT, "the app's port"),
                                    f.optional(
                                            "service",
                                            Schemas.text(),
                                            "",
                                            "which of the app's services is asked about")));

    public GrpcProbeConfig {
        if (service.length() > LONGEST) {
            throw new IllegalArgumentException("'service' is longer than 1024 characters");
        }
    }
}
