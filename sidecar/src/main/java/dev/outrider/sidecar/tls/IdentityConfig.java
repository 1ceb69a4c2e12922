package dev.outrider.sidecar.tls;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who this workload is, and where the proof of it comes from: files or the authority. */
public record IdentityConfig(
        String trustDomain, SpiffeId id, @Nullable IdentityFiles files, @Nullable IdentityCa ca) {
    public static final Schema<IdentityConfig> SCHEMA =
            Schema.record(
                    "IdentityConfig",
                    "Who this workload is in the mesh, proven by files or by the authority.",
                    f ->
                            new IdentityConfig(
                                    f.required(
                                            "trustDomain",
                                            Schemas.text(),
                                            "the mesh, for example cluster.local"),
                                    f.required("id", idSchema(), "the workload's own SPIFFE id"),
                                    f.nullable(
                                            "files",
                                            IdentityFiles.SCHEMA,
                                            "identity in files; else give ca"),
                                    f.nullable(
                                            "ca",
                                            IdentityCa.SCHEMA,
                                            "identity from the authority; else give files")));

    public IdentityConfig {
        if (!id.trustDomain().equals(trustDomain)) {
            throw new IllegalArgumentException(
                    "id "
                            + id
                            + " is not of the trustDomain '"
                            + trustDomain
                            + "'; make them agree");
        }
        if ((files == null) == (ca == null)) {
            throw new IllegalArgumentException("give files or ca, one of the two");
        }
    }

    private static Schema<SpiffeId> idSchema() {
        return Schemas.scalar(
                "SPIFFE id",
                Map.of("type", "string", "pattern", "^spiffe://"),
                SpiffeId.of("cluster.local", "shop", "web"),
                SpiffeId::parse);
    }
}
