package dev.outrider.sidecar.auth.keys;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a new key should be.
 *
 * @param lifetime how long it holds, null for good
 */
public record KeyRequest(
        String owner,
        String tier,
        List<String> scopes,
        List<String> roles,
        String tenant,
        @Nullable Duration lifetime) {
    public KeyRequest {
        scopes = List.copyOf(scopes);
        roles = List.copyOf(roles);
        if (lifetime != null && !lifetime.isPositive()) {
            throw new IllegalArgumentException("a key must hold for longer than 0s");
        }
    }
}
