package dev.outrider.sidecar;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.discover.EndpointSet;
import dev.outrider.sidecar.discover.EndpointSource;
import dev.outrider.sidecar.discover.EndpointsConfig;
import dev.outrider.sidecar.forward.HealthProbes;
import dev.outrider.sidecar.forward.OriginalDestinations;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.inbound.Inbound;
import dev.outrider.sidecar.resilience.BreakerState;
import dev.outrider.sidecar.resilience.Bulkhead;
import dev.outrider.sidecar.resilience.CircuitBreaker;
import dev.outrider.sidecar.time.Ticker;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A service with what keeps it up to date.
 *
 * @param told the service that hears of endpoints; shared by all that follow each other under the
 *     same source, so that a source knows nothing of changed configurations
 * @param use shared likewise
 * @param meters what is shown of it while it is in use
 */
record Destination(
        ServiceConfig config,
        Lookups lookups,
        Service service,
        @Nullable EndpointSource source,
        AtomicReference<Service> told,
        @Nullable HealthProbes probes,
        LastUse use,
        MeterGroup meters) {

    static Destination first(Base base, String name, ServiceConfig config, Lookups lookups) {
        Service service = service(base, name, config);
        AtomicReference<Service> told = new AtomicReference<>(service);
        return new Destination(
                config,
                lookups,
                service,
                source(base, config, lookups, told),
                told,
                probes(base, service, config),
                new LastUse(),
                new MeterGroup(base.metrics.gauges()));
    }

    private static Service service(Base base, String name, ServiceConfig config) {
        boolean app = name.equals(Inbound.APP);
        if (config.endpoints() == null) {
            OriginalDestinations original =
                    app
                            ? OriginalDestinations.toApp(base.own, base.ticker)
                            : OriginalDestinations.out(base.own, base.ticker);
            return Service.toOriginalDestination(name, config, base.services, original);
        }
        return app
                ? Service.withoutBreaker(name, config, base.services)
                : Service.of(name, config, base.services);
    }

    /** Whether that configuration makes it another kind of service, of which nothing fits. */
    boolean differs(ServiceConfig changed) {
        return (config.endpoints() == null) != (changed.endpoints() == null);
    }

    /** This one under a changed configuration; nothing happens to it before {@link #replacedBy}. */
    Destination under(Base base, ServiceConfig changed, Lookups changedLookups) {
        Service next = service.under(changed);
        boolean sameSource =
                Objects.equals(changed.endpoints(), config.endpoints())
                        && changedLookups.equals(lookups);
        AtomicReference<Service> hears = sameSource ? told : new AtomicReference<>(next);
        return new Destination(
                changed,
                changedLookups,
                next,
                sameSource ? source : source(base, changed, changedLookups, hears),
                hears,
                probes(base, next, changed),
                use,
                new MeterGroup(base.metrics.gauges()));
    }

    /** Null for what has no endpoints of its own. */
    private static @Nullable EndpointSource source(
            Base base, ServiceConfig config, Lookups lookups, AtomicReference<Service> told) {
        EndpointsConfig endpoints = config.endpoints();
        if (endpoints == null) {
            return null;
        }
        EndpointSource source =
                endpoints.source(lookups.dns(), base.lookups(), base.random, lookups.cluster());
        source.subscribe(set -> told.get().update(set));
        source.start();
        return source;
    }

    private static @Nullable HealthProbes probes(Base base, Service service, ServiceConfig config) {
        return config.health() == null
                ? null
                : new HealthProbes(
                        service, config.health(), base.loops.next(), base.ticker, base.random);
    }

    /** Whether it is not known yet where the service is. */
    boolean lacksEndpoints() {
        return source != null && service.members().all().isEmpty() && !source.answered();
    }

    /** Completes when it is known where the service is; null if it is. */
    @Nullable CompletionStage<?> awaitEndpoints() {
        return source != null && lacksEndpoints() ? source.ready() : null;
    }

    /** Comes into use. */
    void begin(Ticker ticker) {
        Gauging.register(meters, this, ticker);
        if (probes != null) {
            probes.start();
        }
    }

    /**
     * Whether nobody has used it for so long, so that it can be closed. A breaker that an operator
     * has set stays set.
     */
    boolean idle(Duration longest, long nowNanos) {
        Bulkhead calls = service.bulkhead();
        CircuitBreaker breaker = service.breaker();
        boolean used =
                calls.taken() > 0
                        || calls.waiting() > 0
                        || breaker != null
                                && (breaker.state() instanceof BreakerState.ForcedOpen
                                        || breaker.state() instanceof BreakerState.ForcedClosed);
        if (used) {
            var _ = use.take();
        }
        return use.endsAfter(longest.toNanos(), nowNanos);
    }

    /** Hands over to that one, which has the same name. */
    void replacedBy(Destination next, Ticker ticker) {
        if (source != null && source.equals(next.source)) {
            told.set(next.service);
            EndpointSet now = source.current();
            // What the source told the old service in this moment is told the new one here.
            if (now.version() > 0) {
                next.service.update(now);
            }
        } else {
            closeSource();
        }
        end();
        if (next.probes == null) {
            // Nobody would ever call them healthy again.
            next.service.members().all().forEach(Destination::unprobed);
        }
        service.replacedBy(next.service);
        next.begin(ticker);
    }

    private static void unprobed(Member member) {
        member.healthy(true);
    }

    private void end() {
        meters.close();
        if (probes != null) {
            probes.close();
        }
    }

    /** The way there ends; exchanges under way end as they would. */
    void close() {
        closeSource();
        end();
        service.close();
    }

    private void closeSource() {
        if (source != null) {
            source.close();
        }
    }

    /** Closes what it does not share with {@code old}; it was never in use. */
    void drop(@Nullable Destination old) {
        if (old == null || !Objects.equals(old.source, source)) {
            closeSource();
        }
    }
}
