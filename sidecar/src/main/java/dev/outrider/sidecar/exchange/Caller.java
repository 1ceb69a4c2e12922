package dev.outrider.sidecar.exchange;

import java.util.Map;

/**
 * What a verified token says of the caller. {@code claims} are the token's, as JSON values; {@code
 * tokenId} is its {@code jti} or empty.
 */
public record Caller(String subject, String issuer, String tokenId, Map<String, Object> claims) {}
