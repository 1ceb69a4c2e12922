package dev.outrider.sidecar.admin;

import java.time.Instant;

/**
 * A certificate in use: the sidecar's own or one it trusts.
 *
 * @param role {@code identity} or {@code trust}
 * @param state in a sentence: when it is renewed, or why that failed
 */
public record CertificateView(
        String role,
        String subject,
        String issuer,
        String serial,
        Instant notBefore,
        Instant notAfter,
        String state) {}
