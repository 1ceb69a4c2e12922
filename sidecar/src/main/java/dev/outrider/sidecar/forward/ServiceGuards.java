package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.balance.Members;
import dev.outrider.sidecar.balance.Outliers;
import dev.outrider.sidecar.resilience.Bulkhead;
import dev.outrider.sidecar.resilience.CircuitBreaker;
import dev.outrider.sidecar.resilience.RetryBudget;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What holds calls to a service back. Each is atomic and shared by all loops.
 *
 * @param breaker null for what has no other to turn to
 */
record ServiceGuards(
        @Nullable CircuitBreaker breaker,
        RetryBudget budget,
        Bulkhead bulkhead,
        Outliers outliers) {

    static ServiceGuards of(
            String name, ServiceConfig config, Service.Context context, boolean breaker) {
        return new ServiceGuards(
                breaker ? newBreaker(name, config, context) : null,
                new RetryBudget(config.call().retry().budget(), context.ticker()),
                new Bulkhead(name, config.call().bulkhead()),
                new Outliers(config.call().outliers(), context.ticker()));
    }

    private static CircuitBreaker newBreaker(
            String name, ServiceConfig config, Service.Context context) {
        return new CircuitBreaker(
                name, config.call().breaker(), context.ticker(), context.breakerListener());
    }

    /** Each one whose own configuration is the same stays as it stands. */
    ServiceGuards under(
            String name, ServiceConfig before, ServiceConfig after, Service.Context context) {
        ServiceGuards fresh = of(name, after, context, breaker != null);
        CallConfig was = before.call();
        CallConfig is = after.call();
        return new ServiceGuards(
                was.breaker().equals(is.breaker()) ? breaker : fresh.breaker,
                was.retry().budget().equals(is.retry().budget()) ? budget : fresh.budget,
                was.bulkhead().equals(is.bulkhead()) ? bulkhead : fresh.bulkhead,
                was.outliers().equals(is.outliers()) ? outliers : fresh.outliers);
    }

    /** A breaker permit, or {@link CircuitBreaker#REFUSED}. */
    long acquire() {
        return breaker == null ? 0 : breaker.tryAcquire();
    }

    Duration breakerRetryAfter() {
        return breaker == null ? Duration.ZERO : breaker.retryAfter();
    }

    void ignore(long permit) {
        if (breaker != null && permit != CircuitBreaker.REFUSED) {
            breaker.ignored(permit);
        }
    }

    /** An attempt at a member was answered or failed. */
    void settle(Members members, Member member, long permit, boolean success) {
        if (success) {
            outliers.succeeded(member);
        } else {
            outliers.failed(members, member);
        }
        // A critical call goes without a permit while the breaker is open, and says nothing to it.
        if (breaker == null || permit == CircuitBreaker.REFUSED) {
            return;
        }
        if (success) {
            breaker.succeeded(permit);
        } else {
            breaker.failed(permit);
        }
    }
}
