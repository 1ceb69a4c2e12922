package dev.outrider.sidecar;

import dev.outrider.sidecar.aside.Readiness;
import dev.outrider.sidecar.auth.Jwks;
import dev.outrider.sidecar.auth.keys.ApiKeys;
import dev.outrider.sidecar.config.ConfigText;
import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.config.WatchStatus;
import dev.outrider.sidecar.discover.Cluster;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.limit.LimitState;
import dev.outrider.sidecar.listen.Listener;
import dev.outrider.sidecar.observe.Metrics;
import dev.outrider.sidecar.tls.IdentitySource;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What operators may see of a running sidecar. Any thread. */
final class SidecarState {
    private final Base base;
    private final Doors doors;
    private final Supplier<InForce> now;
    private final Supplier<@Nullable WatchStatus> file;
    private final Instant startedAt;
    private final AtomicBoolean draining = new AtomicBoolean();

    /**
     * @param file how the configuration file stands; null if none is watched
     */
    SidecarState(
            Base base, Doors doors, Supplier<InForce> now, Supplier<@Nullable WatchStatus> file) {
        this.base = base;
        this.doors = doors;
        this.now = now;
        this.file = file;
        this.startedAt = base.clock.instant();
    }

    SidecarConfig config() {
        return now.get().config();
    }

    ConfigText file() {
        return now.get().file();
    }

    Metrics metrics() {
        return base.metrics;
    }

    /** Those made so far. */
    List<Service> services() {
        return now.get().destinations().services();
    }

    Cluster cluster() {
        return now.get().cluster();
    }

    /** What is to be said of where that service's endpoints come from; empty for nothing. */
    String discovery(String service) {
        return now.get().destinations().discovery(service);
    }

    /** How many there are, made or not. */
    int knownServices() {
        return now.get().destinations().known();
    }

    /** The one of that name, which is made if it is not yet. */
    @Nullable Service service(String name) {
        return now.get().destinations().find(name);
    }

    /** What an edge's clients have used; null for a sidecar. */
    @Nullable LimitState limits() {
        return base.limits;
    }

    /** An edge's; ask only where there are {@link #limits}. */
    EdgeDoor door() {
        return Objects.requireNonNull(now.get().door());
    }

    InstantSource clock() {
        return base.clock;
    }

    SecureRandom secureRandom() {
        return base.secureRandom;
    }

    List<Listener> listeners() {
        return doors.listeners();
    }

    @Nullable IdentitySource identities() {
        return base.identities;
    }

    Instant now() {
        return base.clock.instant();
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

    /** What is worth knowing besides. */
    Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        if (!base.tlsLibrary().isEmpty()) {
            details.put("tls", base.tlsLibrary());
        }
        WatchStatus status = file.get();
        if (status != null) {
            details.put("config", status.text());
            details.put("configHash", status.activeHash());
        }
        return details;
    }

    /** Ready when the identity, the token keys and the first endpoints are there. */
    Readiness readiness() {
        InForce current = now.get();
        List<Readiness.Check> checks = new ArrayList<>();
        if (draining()) {
            checks.add(new Readiness.Check("drain", false, "the sidecar is draining"));
        }
        if (base.identities != null) {
            var status = base.identities.status();
            checks.add(
                    new Readiness.Check("identity", status.usable(now()), status.describe(now())));
        }
        Guards guards = current.guards();
        if (guards != null && guards.jwks() != null) {
            checks.add(keys(guards.jwks().status()));
        }
        if (current.door() != null) {
            callers(current.door().callers(), checks);
        }
        checks.add(endpoints(current.destinations()));
        WatchStatus status = file.get();
        if (status != null) {
            // A refused file is no reason to send traffic elsewhere: what was works on.
            checks.add(new Readiness.Check("config", true, status.text()));
        }
        return new Readiness(checks);
    }

    /** Redis is no reason to stay away: what holds without it is each limit's to say. */
    private static void callers(EdgeCallers callers, List<Readiness.Check> checks) {
        callers.issuers()
                .forEach((name, jwks) -> {
                    Readiness.Check each = keys(jwks.status());
                    checks.add(new Readiness.Check("token-keys " + name, each.ok(), each.text()));
                });
        ApiKeys keys = callers.auth().keys();
        if (keys != null) {
            ApiKeys.Status status = keys.status();
            String error = status.lastError() == null ? "" : "; last error: " + status.lastError();
            checks.add(
                    new Readiness.Check(
                            "api-keys", status.known(), status.keys() + " API keys" + error));
        }
    }

    private static Readiness.Check endpoints(Destinations destinations) {
        long waiting = destinations.eager().filter(Destination::lacksEndpoints).count();
        return new Readiness.Check(
                "endpoints",
                waiting == 0,
                waiting == 0
                        ? "every service has been looked up"
                        : waiting + " services have not been looked up yet");
    }

    private static Readiness.Check keys(Jwks.Status status) {
        String text = status.keys() + " token keys, fetched " + status.fetches() + " times";
        return new Readiness.Check(
                "token-keys",
                status.keys() > 0,
                status.lastError() == null ? text : text + "; last error: " + status.lastError());
    }
}
