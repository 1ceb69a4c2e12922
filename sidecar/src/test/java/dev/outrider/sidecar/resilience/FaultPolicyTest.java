package dev.outrider.sidecar.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FaultPolicyTest {
    private static final FaultConfig.DelayFault SLOW =
            new FaultConfig.DelayFault(Duration.ofMillis(5), 1);
    private final RequestHead request = new RequestHead("GET", "/", "a", new Headers(), 0);
    private final Random random = new Random(5);

    @Test
    void delaysAndAbortsTogether() {
        FaultConfig config = new FaultConfig(SLOW, new FaultConfig.AbortFault(503, 1), Map.of());
        assertThat(new FaultPolicy(config).decide(request, random))
                .isEqualTo(new Fault.DelayThenAbort(5_000_000, 503));
    }

    @Test
    void hitsTheShareThatIsConfigured() {
        FaultConfig config = new FaultConfig(null, new FaultConfig.AbortFault(500, 0.1), Map.of());
        FaultPolicy policy = new FaultPolicy(config);
        int hits = 0;
        for (int i = 0; i < 10_000; i++) {
            hits += policy.decide(request, random).equals(new Fault.Abort(500)) ? 1 : 0;
        }
        assertThat(hits).as("seed 5").isBetween(900, 1100);
    }

    @Test
    void leavesRequestsWithoutTheHeadersAlone() {
        FaultConfig config = new FaultConfig(SLOW, null, Map.of("X-Fault", "slow", "x-user", "*"));
        FaultPolicy policy = new FaultPolicy(config);
        assertThat(policy.decide(request, random)).isEqualTo(new Fault.None());
        request.headers().add("x-fault", "slow");
        assertThat(policy.decide(request, random)).isEqualTo(new Fault.None());
        request.headers().add("X-User", "anna");
        assertThat(policy.decide(request, random)).isEqualTo(new Fault.Delay(5_000_000));
        request.headers().set("X-Fault", "fast");
        assertThat(policy.decide(request, random)).isEqualTo(new Fault.None());
    }

    @Test
    void refusesAFaultThatDoesNothing() {
        assertThatThrownBy(() -> new FaultConfig(null, null, Map.of()))
                .hasMessage("a fault needs delay, abort or both");
    }
}
