package dev.outrider.sidecar.balance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HealthStateTest {
    private final HealthState state = new HealthState(HealthConfig.DEFAULTS, true);

    @Test
    void turnsAfterThreeBadAndBackAfterTwoGood() {
        assertThat(state.probed(false)).isFalse();
        assertThat(state.probed(false)).isFalse();
        assertThat(state.probed(true)).isFalse();
        assertThat(state.probed(false)).isFalse();
        assertThat(state.probed(false)).isFalse();
        assertThat(state.probed(false)).isTrue();
        assertThat(state.healthy()).isFalse();
        assertThat(state.probed(true)).isFalse();
        assertThat(state.probed(false)).isFalse();
        assertThat(state.probed(true)).isFalse();
        assertThat(state.probed(true)).isTrue();
        assertThat(state.healthy()).isTrue();
    }

    @Test
    void goesOnFromWhatProbesBeforeHaveLeft() {
        HealthState later = new HealthState(HealthConfig.DEFAULTS, false);
        assertThat(later.healthy()).isFalse();
        assertThat(later.probed(true)).isFalse();
        assertThat(later.probed(true)).isTrue();
        assertThat(later.healthy()).isTrue();
    }
}
