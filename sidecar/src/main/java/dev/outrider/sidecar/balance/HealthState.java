package dev.outrider.sidecar.balance;

/**
 * One endpoint's health as its probes tell; healthy until enough of them fail. Confined to the
 * thread that probes.
 */
public final class HealthState {
    private final HealthConfig config;
    private boolean healthy = true;

    /** Probes in a row that speak against the present state. */
    private int against;

    public HealthState(HealthConfig config) {
        this.config = config;
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
