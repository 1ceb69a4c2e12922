package dev.outrider.sidecar.tls;

import java.util.List;

/** The oldest version of TLS that is spoken; nothing older than 1.2 can be chosen. */
public enum TlsVersion {
    TLS_1_3(
            List.of("TLSv1.3"),
            List.of(
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_CHACHA20_POLY1305_SHA256")),
    TLS_1_2(
            List.of("TLSv1.3", "TLSv1.2"),
            List.of(
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"));

    private final List<String> protocols;
    private final List<String> ciphers;

    TlsVersion(List<String> protocols, List<String> ciphers) {
        this.protocols = protocols;
        this.ciphers = ciphers;
    }

    List<String> protocols() {
        return protocols;
    }

    List<String> ciphers() {
        return ciphers;
    }

    static TlsVersion parse(String text) {
        return switch (text) {
            case "1.3" -> TLS_1_3;
            case "1.2" -> TLS_1_2;
            default ->
                    throw new IllegalArgumentException(
                            "expected 1.3, or 1.2 for peers that need it");
        };
    }

    @Override
    public String toString() {
        return this == TLS_1_3 ? "1.3" : "1.2";
    }
}
