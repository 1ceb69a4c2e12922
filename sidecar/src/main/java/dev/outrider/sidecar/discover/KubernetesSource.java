package dev.outrider.sidecar.discover;

import dev.outrider.sidecar.discover.ServiceWatch.Known;
import dev.outrider.sidecar.discover.ServiceWatch.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final Announcements told;
    private final Runnable changed;
    private final CompletableFuture<EndpointSet> ready = new CompletableFuture<>();
    private volatile @Nullable ServiceWatch watch;
    private volatile @Nullable DnsSource names;

    /** What of the watch's word is told. */
    private volatile @Nullable Known learned;

    // In turns only.
    private boolean due;
    private int asked;

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
                        cluster.accounts(name.service().namespace()));
        this.turns = new Turns("endpoints of " + name);
        this.told = new Announcements(turns);
        this.changed = () -> turns.execute(this::learn);
    }

    @Override
    public EndpointSet current() {
        return told.current();
    }

    @Override
    public void subscribe(Consumer<EndpointSet> subscriber) {
        told.subscribe(subscriber);
    }

    @Override
    public void start() {
        turns.execute(() -> {
            if (told.closed()) {
                return;
            }
            ServiceWatch held = cluster.hold(name.service(), changed);
            watch = held;
            var _ = held.first().thenRun(changed);
        });
    }

    /** Later too, for as long as what the cluster has said is not told yet. */
    @Override
    public CompletionStage<EndpointSet> ready() {
        if (!ready.isDone() || !behind()) {
            return ready.minimalCompletionStage();
        }
        CompletableFuture<EndpointSet> caughtUp = new CompletableFuture<>();
        turns.execute(() -> {
            learn();
            caughtUp.complete(told.current());
        });
        return caughtUp;
    }

    @Override
    public boolean answered() {
        return ready.isDone() && !behind();
    }

    private boolean behind() {
        ServiceWatch held = watch;
        return held != null && !held.known().equals(learned);
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
        if (!told.current().why().isEmpty()) {
            return told.current().why();
        }
        String stale = cluster.stale(held);
        return stale.isEmpty() ? "" : "not followed just now, the last known: " + stale;
    }

    @Override
    public void close() {
        turns.execute(() -> {
            if (told.closed()) {
                return;
            }
            told.close();
            ServiceWatch held = watch;
            if (held != null) {
                cluster.release(held, changed);
            }
            endNames();
            ready.complete(told.current());
        });
    }

    // ---- in turns

    private void learn() {
        ServiceWatch held = watch;
        if (told.closed() || held == null) {
            return;
        }
        Known known = held.known();
        boolean slices = known.status() == Status.KNOWN || meshedOnly;
        try {
            if (known.status() != Status.UNKNOWN && slices) {
                endNames();
                fromSlices(known);
            } else if (known.status() != Status.UNKNOWN) {
                askNames(held);
            }
        } finally {
            learned = known; // not before it is told
            if (known.status() != Status.UNKNOWN && slices) {
                ready.complete(told.current());
            }
        }
    }

    private void fromSlices(Known known) {
        if (known.slices().absent()) {
            told.publish(List.of(), whyAbsent(known));
            return;
        }
        PortChoice choice = ports.choose(known.slices(), port);
        List<Endpoint> all = endpoints.of(known.slices(), choice);
        List<Endpoint> found = meshedOnly ? meshed(all) : all;
        if (choice instanceof PortChoice.Unclear(String why)) {
            told.publish(found, why);
            again();
        } else {
            told.publish(found, found.isEmpty() ? "no pod of " + name + " is ready" : "");
        }
    }

    /**
     * Those with a sidecar. A pod that had one has it still, though the label be gone because of
     * others: calls that were on their way there when it went must not fail.
     */
    private List<Endpoint> meshed(List<Endpoint> all) {
        Map<String, Endpoint> before = new HashMap<>();
        told.current().endpoints().forEach(each -> before.put(each.address(), each));
        List<Endpoint> meshed = new ArrayList<>();
        for (Endpoint each : all) {
            Endpoint known = each.peer() == null ? before.get(each.address()) : each;
            if (known != null) {
                meshed.add(each.answeredBy(known.peer()));
            }
        }
        return meshed;
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
        // Longer each time: what an app has made up will never be clear.
        long millis = ServicePorts.ASK_AGAIN.toMillis() << Math.min(asked++, 5);
        CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, turns)
                .execute(() -> {
                    due = false;
                    learn();
                });
    }

    /** The pods themselves if the Service is headless, else its own address. */
    private void askNames(ServiceWatch held) {
        if (names != null) {
            return;
        }
        OptionalInt number =
                port.number() > 0 ? OptionalInt.of(port.number()) : ports.of(port.name());
        if (number.isEmpty()) {
            told.publish(
                    List.of(),
                    "DNS knows no port '" + port + "' of " + name + "; " + held.problem());
            ready.complete(told.current());
            again();
            return;
        }
        String host = name.dns(cluster.config().clusterDomain());
        DnsSource asked = new DnsSource(host, number.getAsInt(), dns, transport, random);
        names = asked;
        asked.subscribe(set -> turns.execute(() -> fromNames(asked, set)));
        asked.start();
        var _ = asked.ready().thenAccept(_ -> turns.execute(() -> ready.complete(told.current())));
    }

    private void fromNames(DnsSource asked, EndpointSet set) {
        if (names == asked && !told.closed()) {
            told.publish(
                    set.endpoints(), set.endpoints().isEmpty() ? "DNS does not know " + name : "");
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
