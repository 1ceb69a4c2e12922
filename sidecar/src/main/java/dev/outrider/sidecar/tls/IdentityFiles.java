package dev.outrider.sidecar.tls;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * An identity that something else keeps up to date in PEM files. All three are watched.
 *
 * @param certificate the workload's certificate, then its issuers
 * @param key its private key, not encrypted
 * @param bundle the roots of the trust domain
 */
public record IdentityFiles(Path certificate, Path key, Path bundle) {
    public static final Schema<IdentityFiles> SCHEMA =
            Schema.record(
                    "IdentityFiles",
                    "An identity in PEM files that are renewed by somebody else and watched here.",
                    f ->
                            new IdentityFiles(
                                    f.required(
                                            "certificate",
                                            path(),
                                            "the workload's certificate, then its issuers"),
                                    f.required("key", path(), "its private key, not encrypted"),
                                    f.required("bundle", path(), "roots of the trust domain")));

    static Schema<Path> path() {
        return Schemas.scalar(
                "path of a file",
                Map.of("type", "string"),
                Path.of("file.pem"),
                text -> {
                    try {
                        return Path.of(text);
                    } catch (InvalidPathException e) {
                        throw new IllegalArgumentException("expected the path of a file", e);
                    }
                });
    }
}
