package dev.outrider.sidecar;

import dev.outrider.sidecar.admin.Readiness;
import dev.outrider.sidecar.auth.Jwks;
import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.discover.EndpointSource;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.listen.Listener;
import dev.outrider.sidecar.observe.Metrics;
import dev.outrider.sidecar.schema.Value;
import dev.outrider.sidecar.tls.IdentitySource;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What operators may see of a running sidecar. Any thread. */
final class SidecarState {
    private final SidecarConfig config;
    private final Value file;
    private final Metrics metrics;
    private final Map<String, Service> services;
    private final List<EndpointSource> sources;
    private final List<Listener> listeners;
    private final @Nullable IdentitySource identities;
    private final @Nullable Jwks jwks;
    private final InstantSource clock;
    private final Instant startedAt;
    private final AtomicBoolean draining = new AtomicBoolean();

    SidecarState(
            SidecarConfig config,
            Value file,
            Metrics metrics,
            Map<String, Service> services,
            List<EndpointSource> sources,
            List<Listener> listeners,
            @Nullable IdentitySource identities,
            @Nullable Jwks jwks,
            InstantSource clock) {
        this.config = config;
        this.file = file;
        this.metrics = metrics;
        this.services = services;
        this.sources = sources;
        this.listeners = listeners;
        this.identities = identities;
        this.jwks = jwks;
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    SidecarConfig config() {
        return config;
    }

    Value file() {
        return file;
    }

    Metrics metrics() {
        return metrics;
    }

    Map<String, Service> services() {
        return services;
    }

    List<Listener> listeners() {
        return listeners;
    }

    @Nullable IdentitySource identities() {
        return identities;
    }

    Instant now() {
        return clock.instant();
    }

    Instant startedAt() {
        return startedAt;
    }

    boolean draining() {
        return draining.get();
    }

    /** False if it had begun already. */
    boolean startDraining() {
        return draining.compareAndSet(false, true);
    }

    int connections() {
        return listeners.stream().mapToInt(Listener::connections).sum();
    }

    /** Ready when the identity, the token keys and the first endpoints are there. */
    Readiness readiness() {
        List<Readiness.Check> checks = new ArrayList<>();
        if (draining()) {
            checks.add(new Readiness.Check("drain", false, "the sidecar is draining"));
        }
        if (identities != null) {
            var status = identities.status();
            checks.add(
                    new Readiness.Check("identity", status.usable(now()), status.describe(now())));
        }
        if (jwks != null) {
            checks.add(keys(jwks.status()));
        }
        long waiting =
                sources.stream()
                        .filter(each -> !each.ready().toCompletableFuture().isDone())
                        .count();
        checks.add(
                new Readiness.Check(
                        "endpoints",
                        waiting == 0,
                        waiting == 0
                                ? "every service has been looked up"
                                : waiting + " services have not been looked up yet"));
        return new Readiness(checks);
    }

    private static Readiness.Check keys(Jwks.Status status) {
        String text = status.keys() + " token keys, fetched " + status.fetches() + " times";
        return new Readiness.Check(
                "token-keys",
                status.keys() > 0,
                status.lastError() == null ? text : text + "; last error: " + status.lastError());
    }
}
