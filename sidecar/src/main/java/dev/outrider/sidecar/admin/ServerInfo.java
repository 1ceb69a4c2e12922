package dev.outrider.sidecar.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What runs here.
 *
 * @param state in a word: starting, live, draining
 * @param details more for people, in this order
 */
public record ServerInfo(
        String version,
        String profile,
        String state,
        Instant startedAt,
        Duration uptime,
        Map<String, String> details) {
    public ServerInfo {
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }
}
