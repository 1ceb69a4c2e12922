package dev.outrider.certs;

/** How a caller shows the authority who it is when it asks for a certificate. */
public sealed interface BootstrapProof {
    /** A token given out beforehand; the first certificate of a workload. */
    record Token(String secret) implements BootstrapProof {
        public Token {
            if (secret.isBlank() || secret.chars().anyMatch(c -> c <= ' ' || c > '~')) {
                throw new IllegalArgumentException(
                        "a bootstrap token is one word of printable ASCII; trim the file it is in");
            }
        }

        @Override
        public String toString() {
            return "Token[hidden]";
        }
    }

    /** The still valid certificate, shown in the TLS handshake: how a workload renews. */
    record Current(X509Svid svid) implements BootstrapProof {}

    /**
     * Both: an authority in a cluster wants to know too whether the pod is still there, and other
     * authorities look at the certificate first.
     */
    record Renewal(X509Svid svid, Token token) implements BootstrapProof {}
}
