package dev.outrider.sidecar.tls;

import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An identity from the mesh's authority, renewed here.
 *
 * @param address {@code https://host:port}
 * @param bundle the pinned roots that the authority's own certificate must lead to
 * @param token the file with the token that proves who we are, a bootstrap token's or that of a
 *     service account; read anew for every use
 * @param cache a directory for the identity, so that a restart does not need the authority
 */
public record IdentityCa(
        URI address, Path bundle, Path token, KeyAlgorithm key, @Nullable Path cache) {
    public static final Schema<IdentityCa> SCHEMA =
            Schema.record(
                    "IdentityCa",
                    "An identity from the mesh's authority, renewed well before it ends.",
                    f ->
                            new IdentityCa(
                                    f.required(
                                            "address", addressSchema(), "the authority's address"),
                                    f.required(
                                            "bundle",
                                            IdentityFiles.path(),
                                            "PEM file with the roots the authority is known by"),
                                    f.required(
                                            "token",
                                            IdentityFiles.path(),
                                            "file with the token that proves who we are: a"
                                                    + " bootstrap token, or a service account's,"
                                                    + " which is shown at each renewal too"),
                                    f.optional(
                                            "key",
                                            Schemas.oneOf(KeyAlgorithm.class),
                                            KeyAlgorithm.EC_P256,
                                            "kind of the private key, made anew at each renewal"),
                                    f.nullable(
                                            "cache",
                                            IdentityFiles.path(),
                                            "directory that keeps the identity (mode 0600) over"
                                                    + " restarts")));

    public IdentityCa {
        if (!"https".equals(address.getScheme()) || address.getHost() == null) {
            throw new IllegalArgumentException(
                    "address must be https://host:port, for example https://ca.outrider:8443");
        }
    }

    private static Schema<URI> addressSchema() {
        return Schemas.scalar(
                "https://host:port",
                Map.of("type", "string", "pattern", "^https://"),
                URI.create("https://ca.outrider:8443"),
                URI::create);
    }
}
