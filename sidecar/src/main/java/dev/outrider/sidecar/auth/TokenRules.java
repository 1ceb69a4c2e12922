package dev.outrider.sidecar.auth;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What {@link TokenVerifier} asks of a token, whoever configured it.
 *
 * @param audiences one of which the token must be meant for; empty for any
 * @param issuers one of which must have issued it; empty for any that signs with a known key
 * @param subject the claim that names the caller
 * @param required values of which a claim must have one, by claim
 * @param longestHeader characters of the token's first part
 * @param longestSubject characters of the caller's name
 */
record TokenRules(
        List<String> audiences,
        List<String> issuers,
        List<TokenAlgorithm> algorithms,
        Duration leeway,
        ClaimPath subject,
        Map<ClaimPath, List<String>> required,
        int longestHeader,
        int longestSubject) {
    TokenRules {
        audiences = List.copyOf(audiences);
        issuers = List.copyOf(issuers);
        algorithms = List.copyOf(algorithms);
        required = Map.copyOf(required);
    }
}
