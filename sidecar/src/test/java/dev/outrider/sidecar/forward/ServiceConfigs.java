package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.BalanceConfig;
import dev.outrider.sidecar.balance.OutlierConfig;
import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.discover.EndpointsConfig;
import dev.outrider.sidecar.resilience.BreakerConfig;
import dev.outrider.sidecar.resilience.BulkheadConfig;
import dev.outrider.sidecar.resilience.FaultConfig;
import dev.outrider.sidecar.resilience.RetryConfig;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Service configurations for tests: plain text, short timeouts. */
final class ServiceConfigs {
    private ServiceConfigs() {}

    static ServiceConfig plain(RetryConfig retry, Duration timeout) {
        return new Knobs().retry(retry).timeout(timeout).config();
    }

    /** What tests turn; the rest as in production. */
    static final class Knobs {
        private boolean mtls;
        private UpstreamProtocol protocol = UpstreamProtocol.AUTO;
        private Duration timeout = Duration.ofSeconds(20);
        private Duration idle = Duration.ofMinutes(1);
        private RetryConfig retry = RetryConfig.DEFAULTS;
        private BreakerConfig breaker = BreakerConfig.DEFAULTS;
        private BulkheadConfig bulkhead = BulkheadConfig.DEFAULTS;
        private @Nullable FaultConfig fault;
        private @Nullable FallbackConfig fallback;
        private PoolConfig pool = PoolConfig.DEFAULTS;
        private ProxyProtocol proxyProtocol = ProxyProtocol.OFF;

        Knobs protocol(UpstreamProtocol protocol) {
            this.protocol = protocol;
            return this;
        }

        Knobs mtls() {
            this.mtls = true;
            return this;
        }

        Knobs timeout(Duration timeout) {
            this.timeout = timeout;
            return this;
        }

        Knobs idle(Duration idle) {
            this.idle = idle;
            return this;
        }

        Knobs retry(RetryConfig retry) {
            this.retry = retry;
            return this;
        }

        Knobs perTry(Duration perTry) {
            return retry(
                    new RetryConfig(
                            retry.attempts(),
                            perTry,
                            retry.backoff(),
                            retry.on(),
                            retry.statuses(),
                            retry.grpcStatuses(),
                            retry.grpcHold(),
                            retry.idempotencyKeyHeader(),
                            retry.budget()));
        }

        Knobs breaker(BreakerConfig breaker) {
            this.breaker = breaker;
            return this;
        }

        Knobs bulkhead(BulkheadConfig bulkhead) {
            this.bulkhead = bulkhead;
            return this;
        }

        Knobs fault(FaultConfig fault) {
            this.fault = fault;
            return this;
        }

        Knobs fallback(FallbackConfig fallback) {
            this.fallback = fallback;
            return this;
        }

        Knobs pool(PoolConfig pool) {
            this.pool = pool;
            return this;
        }

        Knobs proxyProtocol(ProxyProtocol proxyProtocol) {
            this.proxyProtocol = proxyProtocol;
            return this;
        }

        ServiceConfig config() {
            return new ServiceConfig(
                    List.of("upstream"),
                    new EndpointsConfig(List.of(new Endpoint("127.0.0.1", 1)), null, 0),
                    List.of(),
                    null,
                    mtls,
                    new CallConfig(
                            protocol,
                            timeout,
                            idle,
                            retry,
                            breaker,
                            bulkhead,
                            BalanceConfig.DEFAULTS,
                            OutlierConfig.DISABLED,
                            pool),
                    null,
                    fault,
                    fallback,
                    List.of(),
                    proxyProtocol);
        }
    }
}
