package dev.outrider.sidecar.balance;

/**
 * One endpoint's health as its probes tell; it turns when enough of them in a row speak against it.
 * Confined to the thread that probes.
 */
public final class HealthState {
    private final HealthConfig config;
    private boolean healthy;

    /** Probes in a row that speak against the present state. */
    private int against;

    /** {@code healthy} as probes before these have left it. */
    public HealthState(HealthConfig config, boolean healthy) {
        this.config = config;
        this.healthy = healthy;
    }

    /** Counts a probe; true when it changed the state. */
    public boolean probed(boolean good) {
        if (good == healthy) {
            against = 0;
            return false;
        }
        against++;
        if (against < (healthy ? config.unhealthyAfter() : config.healthyAfter())) {
            return false;
        }
        healthy = good;
        against = 0;
        return true;
    }

    public boolean healthy() {
        return healthy;
    }
}
