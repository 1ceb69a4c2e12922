package dev.outrider.certs;

import java.security.PublicKey;

/** The public half of a token signing key, as a JWKS document shows it. */
public record JwtVerificationKey(String kid, JwtAlgorithm algorithm, PublicKey key) {}
