package dev.outrider.sidecar.discover;

import dev.outrider.sidecar.discover.ServiceWatch.Known;
import dev.outrider.sidecar.discover.ServiceWatch.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a Service of the cluster at one of its ports: what its slices say, or, where
 * those may not be read or never could be, what DNS says of its name. All work is done one task
 * after the other on virtual threads, on which subscribers are told.
 */
final class KubernetesSource implements EndpointSource {
    private final ClusterName name;
    private final ServicePort port;
    private final boolean meshedOnly;
    private final Cluster cluster;
    private final DnsConfig dns;
    private final DnsTransport transport;
    private final RandomGenerator random;
    private final ServicePorts ports;
    private final SliceEndpoints endpoints;
    private final Turns turns;
    private final Runnable changed;
    private final CompletableFuture<EndpointSet> ready = new CompletableFuture<>();
    private volatile EndpointSet current = EndpointSet.NONE;
    private volatile @Nullable ServiceWatch watch;
    private volatile @Nullable DnsSource names;

    // In turns only.
    private final List<Consumer<EndpointSet>> subscribers = new ArrayList<>();
    private boolean due;
    private boolean closed;

    KubernetesSource(
            ClusterName name,
            ServicePort port,
            boolean meshedOnly,
            Cluster cluster,
            DnsConfig dns,
            DnsTransport transport,
            RandomGenerator random) {
        this.name = name;
        this.port = port;
        this.meshedOnly = meshedOnly;
        this.cluster = cluster;
        this.dns = dns;
        this.transport = transport;
        this.random = random;
        KubernetesConfig config = cluster.config();
        this.ports = new ServicePorts(name, config, dns, new RecordLookup(dns, transport));
        String zone = config.zone();
        this.endpoints =
                new SliceEndpoints(
                        name.hostname(),
                        dns.family(),
                        config.sameZone() && zone != null && !zone.isEmpty() ? zone : null,
                        cluster.accounts(name.service().namespace()),
                        meshedOnly);
        this.turns = new Turns("endpoints of " + name);
        this.changed = () -> turns.execute(this::learn);
    }

    @Override
    public EndpointSet current() {
        return current;
    }

    @Override
    public void subscribe(Consumer<EndpointSet> subscriber) {
        turns.execute(() -> {
            if (closed) {
                return;
            }
            subscribers.add(subscriber);
            if (current.version() > 0) {
                subscriber.accept(current);
            }
        });
    }

    @Override
    public void start() {
        turns.execute(() -> {
            if (closed) {
                return;
            }
            ServiceWatch held = cluster.hold(name.service(), changed);
            watch = held;
            var _ = held.first().thenRun(changed);
        });
    }

    @Override
    public CompletionStage<EndpointSet> ready() {
        return ready.minimalCompletionStage();
    }

    @Override
    public boolean answered() {
        return ready.isDone();
    }

    @Override
    public List<DnsView> lookups() {
        DnsSource asked = names;
        return asked == null ? List.of() : asked.lookups();
    }

    @Override
    public @Nullable String peer() {
        return cluster.peer(name.service());
    }

    @Override
    public String standing() {
        ServiceWatch held = watch;
        if (held == null) {
            return "";
        }
        if (names != null) {
            return "by DNS, since its slices cannot be read: " + held.problem();
        }
        if (!current.why().isEmpty()) {
            return current.why();
        }
        String stale = cluster.stale(held);
        return stale.isEmpty() ? "" : "not followed just now, the last known: " + stale;
    }

    @Override
    public void close() {
        turns.execute(() -> {
            if (closed) {
                return;
            }
            closed = true;
            subscribers.clear();
            ServiceWatch held = watch;
            if (held != null) {
                cluster.release(held, changed);
            }
            endNames();
            ready.complete(current);
        });
    }

    // ---- in turns

    private void learn() {
        ServiceWatch held = watch;
        if (closed || held == null) {
            return;
        }
        Known known = held.known();
        boolean fromSlices = known.status() == Status.KNOWN || meshedOnly;
        if (known.status() == Status.UNKNOWN) {
            return;
        }
        if (!fromSlices) {
            askNames(held);
            return;
        }
        endNames();
        try {
            fromSlices(known);
        } finally {
            ready.complete(current);
        }
    }

    private void fromSlices(Known known) {
        if (known.slices().absent()) {
            publish(List.of(), whyAbsent(known));
            return;
        }
        PortChoice choice = ports.choose(known.slices(), port);
        List<Endpoint> found = endpoints.of(known.slices(), choice);
        if (choice instanceof PortChoice.Unclear(String why)) {
            publish(found, why);
            again();
        } else {
            publish(found, found.isEmpty() ? "no pod of " + name + " is ready" : "");
        }
    }

    private String whyAbsent(Known known) {
        return known.problem().isEmpty()
                ? "there is no Service " + name.service() + " with endpoints in the cluster"
                : known.problem();
    }

    /** Once in a while, however often it is found to be due. */
    private void again() {
        if (due) {
            return;
        }
        due = true;
        CompletableFuture.delayedExecutor(
                        ServicePorts.ASK_AGAIN.toMillis(), TimeUnit.MILLISECONDS, turns)
                .execute(() -> {
                    due = false;
                    learn();
                });
    }

    private void publish(List<Endpoint> found, String why) {
        if (current.version() > 0
                && current.endpoints().equals(found)
                && current.why().equals(why)) {
            return;
        }
        EndpointSet set = new EndpointSet(current.version() + 1, found, why);
        current = set;
        subscribers.forEach(each -> each.accept(set));
    }

    /** The pods themselves if the Service is headless, else its own address. */
    private void askNames(ServiceWatch held) {
        if (names != null) {
            return;
        }
        OptionalInt number =
                port.number() > 0 ? OptionalInt.of(port.number()) : ports.of(port.name());
        if (number.isEmpty()) {
            publish(
                    List.of(),
                    "DNS knows no port '" + port + "' of " + name + "; " + held.problem());
            ready.complete(current);
            again();
            return;
        }
        String host = name.dns(cluster.config().clusterDomain());
        DnsSource asked = new DnsSource(host, number.getAsInt(), dns, transport, random);
        names = asked;
        asked.subscribe(set -> turns.execute(() -> told(asked, set)));
        asked.start();
        var _ = asked.ready().thenAccept(_ -> turns.execute(() -> ready.complete(current)));
    }

    private void told(DnsSource asked, EndpointSet set) {
        if (names == asked && !closed) {
            publish(set.endpoints(), set.endpoints().isEmpty() ? "DNS does not know " + name : "");
        }
    }

    private void endNames() {
        DnsSource asked = names;
        names = null;
        if (asked != null) {
            asked.close();
        }
    }
}
