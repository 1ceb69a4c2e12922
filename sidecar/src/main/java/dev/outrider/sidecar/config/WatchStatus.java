package dev.outrider.sidecar.config;

import java.time.Instant;
import java.util.List;

/**
 * How a watched file stands, for metrics and readiness details.
 *
 * @param activeHash SHA-256 of what is in force
 * @param activeSince when it came into force
 * @param errors why the file as it stands now is refused; empty when it is what is in force
 * @param reloads how often a changed file came into force
 * @param refusals how often a changed file was refused
 */
public record WatchStatus(
        String activeHash,
        Instant activeSince,
        List<ConfigError> errors,
        long reloads,
        long refusals) {
    public WatchStatus {
        errors = List.copyOf(errors);
    }

    /** Whether the file on disk is the configuration in force. */
    public boolean current() {
        return errors.isEmpty();
    }

    /** One line for {@code /ready}. */
    public String text() {
        return current()
                ? "in force since " + activeSince
                : "a changed file is refused, what was read at "
                        + activeSince
                        + " stays: "
                        + errors.getFirst();
    }

    WatchStatus accepted(String hash, Instant at) {
        return new WatchStatus(hash, at, List.of(), reloads + 1, refusals);
    }

    WatchStatus refused(List<ConfigError> why) {
        return new WatchStatus(activeHash, activeSince, why, reloads, refusals + 1);
    }

    /** The file went back to what is in force. */
    WatchStatus restored() {
        return new WatchStatus(activeHash, activeSince, List.of(), reloads, refusals);
    }
}
