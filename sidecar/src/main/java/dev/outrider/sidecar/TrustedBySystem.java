package dev.outrider.sidecar;

import java.security.NoSuchAlgorithmException;
import javax.net.ssl.SSLContext;

/** Trust in the machine's own list of authorities, for issuers outside the mesh. */
final class TrustedBySystem {
    private TrustedBySystem() {}

    static SSLContext context() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no default TLS context", e);
        }
    }
}
