package dev.outrider.sidecar.auth.edge;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.List;

/** What a client with a certain certificate may do; empty parts say nothing. */
public record CertificateConfig(
        List<String> roles, List<String> scopes, String tenant, String tier) {
    public CertificateConfig {
        roles = List.copyOf(roles);
        scopes = List.copyOf(scopes);
        if (scopes.stream().anyMatch(scope -> scope.isBlank() || scope.contains(" "))) {
            throw new IllegalArgumentException("a scope must not be empty or hold a blank");
        }
    }

    public static final Schema<CertificateConfig> SCHEMA =
            Schema.record(
                    "CertificateConfig",
                    "What a client with this certificate may do.",
                    f ->
                            new CertificateConfig(
                                    f.optional(
                                            "roles",
                                            Schemas.list(Schemas.text()),
                                            List.of(),
                                            "its roles"),
                                    f.optional(
                                            "scopes",
                                            Schemas.list(Schemas.text()),
                                            List.of(),
                                            "its scopes"),
                                    f.optional(
                                            "tenant",
                                            Schemas.text(),
                                            "",
                                            "the customer it belongs to"),
                                    f.optional(
                                            "tier",
                                            Schemas.text(),
                                            "",
                                            "the subscription that limits go by")));
}
