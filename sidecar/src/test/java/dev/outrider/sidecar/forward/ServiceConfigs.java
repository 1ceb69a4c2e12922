package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.BalanceConfig;
import dev.outrider.sidecar.balance.OutlierConfig;
import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.discover.EndpointsConfig;
import dev.outrider.sidecar.resilience.BreakerConfig;
import dev.outrider.sidecar.resilience.BulkheadConfig;
import dev.outrider.sidecar.resilience.RetryConfig;
import java.time.Duration;
import java.util.List;

/** Service configurations for tests: plain text, short timeouts. */
final class ServiceConfigs {
    private ServiceConfigs() {}

    static ServiceConfig plain(RetryConfig retry, Duration timeout) {
        return new ServiceConfig(
                List.of("upstream"),
                new EndpointsConfig(List.of(new Endpoint("127.0.0.1", 1)), null, 0),
                List.of(),
                null,
                false,
                timeout,
                Duration.ofMinutes(1),
                retry,
                BreakerConfig.DEFAULTS,
                BulkheadConfig.DEFAULTS,
                BalanceConfig.DEFAULTS,
                OutlierConfig.DEFAULTS,
                null,
                null,
                null,
                PoolConfig.DEFAULTS);
    }
}
