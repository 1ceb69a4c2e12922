package dev.outrider.examples.mesh;

import dev.outrider.certs.BootstrapProof;
import dev.outrider.certs.CaClient;
import dev.outrider.certs.CaException;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gets certificates and tokens from the CA, with a bootstrap token as a sidecar does. */
public final class Passport implements AutoCloseable {
    private final SpiffeId id;
    private final String bootstrapToken;
    private final CaClient ca;

    Passport(URI ca, Path bundle, String id, Path bootstrapToken) throws IOException {
        this.id = SpiffeId.parse(id);
        this.bootstrapToken = Files.readString(bootstrapToken).strip();
        this.ca = new CaClient(ca, TrustBundle.load(SidecarFile.TRUST_DOMAIN, bundle));
    }

    public X509Svid certificate() throws CaException {
        return ca.fetchSvid(id, KeyAlgorithm.EC_P256, new BootstrapProof.Token(bootstrapToken));
    }

    public String token(X509Svid certificate, String audience) throws CaException {
        return ca.fetchJwt(certificate, audience);
    }

    @Override
    public void close() {
        ca.close();
    }
}
