package dev.outrider.sidecar.admin;

import java.util.List;

/** Whether traffic may come, and why. Ready when all its checks are. */
public record Readiness(List<Check> checks) {
    public Readiness {
        checks = List.copyOf(checks);
    }

    /** One thing readiness hangs on; {@code text} says how it stands, also when it is well. */
    public record Check(String name, boolean ok, String text) {}

    public boolean ready() {
        return checks.stream().allMatch(Check::ok);
    }
}
