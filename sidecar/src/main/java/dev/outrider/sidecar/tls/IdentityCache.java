package dev.outrider.sidecar.tls;

import dev.outrider.certs.SecretFiles;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.SvidException;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The last identity on disk, so that a restart while the authority is down is none of anybody's
 * concern. Key and chain share one file, which is replaced in one step: they cannot fall apart.
 * Blocking; for the source's thread.
 */
final class IdentityCache {
    private final Path directory;
    private final Path identity;
    private final Path bundle;

    record Kept(X509Svid svid, TrustBundle bundle) {}

    IdentityCache(Path directory) {
        this.directory = directory;
        this.identity = directory.resolve("identity.pem");
        this.bundle = directory.resolve("bundle.pem");
    }

    /** What was kept, if it is of {@code id} and would convince a peer now. */
    Optional<Kept> load(SpiffeId id, Instant now) throws IOException {
        if (!Files.exists(identity) || !Files.exists(bundle)) {
            return Optional.empty();
        }
        X509Svid svid = X509Svid.load(identity, identity);
        TrustBundle roots = TrustBundle.load(id.trustDomain(), bundle);
        try {
            SpiffeId kept = SvidVerifier.verify(svid.chain(), roots, now);
            if (!kept.equals(id)) {
                throw new IOException(identity + " is of " + kept + ", configured is " + id);
            }
        } catch (SvidException e) {
            throw new IOException(identity + ": " + e.getMessage(), e);
        }
        return Optional.of(new Kept(svid, roots));
    }

    void save(X509Svid svid, TrustBundle roots) throws IOException {
        SecretFiles.createDirectories(directory);
        // The bundle first: the older identity holds under it too, not the newer under the old one.
        SecretFiles.replace(bundle, roots.toPem());
        SecretFiles.replace(identity, svid.keyPem() + svid.chainPem());
    }
}
