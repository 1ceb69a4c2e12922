package dev.outrider.sidecar;

import dev.outrider.sidecar.auth.MtlsMode;
import dev.outrider.sidecar.edge.Edge;
import dev.outrider.sidecar.edge.EdgeConfig;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.inbound.Inbound;
import dev.outrider.sidecar.inbound.InboundConfig;
import dev.outrider.sidecar.listen.ExchangeStart;
import dev.outrider.sidecar.listen.Handlers;
import dev.outrider.sidecar.listen.Listener;
import dev.outrider.sidecar.listen.ListenerConfig;
import dev.outrider.sidecar.listen.Security;
import dev.outrider.sidecar.outbound.Outbound;
import dev.outrider.sidecar.outbound.OutboundConfig;
import dev.outrider.sidecar.tls.PublicCertificates;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ports, and the way behind each: every request reads which one holds. Changed by one thread at
 * a time; may be looked at from any.
 */
final class Doors {
    private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);

    private final Base base;
    private final List<Listener> leaving = new CopyOnWriteArrayList<>();
    private volatile Map<Gate, Door> doors = Map.of();

    /** Directions that take no new connections ever again. */
    private final Set<Direction> drained = ConcurrentHashMap.newKeySet();

    private boolean started;

    /** A port; its chain is shared with the port it takes the place of. */
    private record Door(
            ListenerConfig config,
            Security security,
            Listener listener,
            AtomicReference<Way> way) {}

    /** What a port is to be under a configuration. */
    private record Plan(ListenerConfig config, Security security, Way way) {}

    Doors(Base base) {
        this.base = base;
    }

    List<Listener> listeners() {
        return doors.values().stream().map(Door::listener).toList();
    }

    private Stream<Listener> of(Direction direction) {
        return doors.entrySet().stream()
                .filter(each -> each.getKey().direction() == direction)
                .map(each -> each.getValue().listener);
    }

    /** Whether there is a port of that direction. */
    boolean has(Direction direction) {
        return of(direction).findAny().isPresent();
    }

    /** Connections, also those of ports that are closed already. */
    int connections(Direction direction) {
        return Stream.concat(
                        of(direction),
                        leaving.stream().filter(each -> each.direction() == direction))
                .mapToInt(Listener::connections)
                .sum();
    }

    /** Opens all, in the order of {@link Gate}. */
    void start() throws IOException {
        started = true;
        for (Gate each : Gate.values()) {
            Door door = doors.get(each);
            if (door != null) {
                door.listener.open(base.transport, base.loops);
            }
        }
    }

    /** Opened, and not yet in use. */
    final class Change {
        private final Map<Gate, Plan> plans;
        private final Map<Gate, Listener> fresh = new EnumMap<>(Gate.class);

        private Change(Map<Gate, Plan> plans) {
            this.plans = plans;
        }

        private void open() throws IOException {
            for (Map.Entry<Gate, Plan> each : plans.entrySet()) {
                Plan plan = each.getValue();
                Door old = doors.get(each.getKey());
                if (old != null && old.config.address().equals(plan.config.address())) {
                    continue;
                }
                Listener listener = listener(each.getKey(), plan, old);
                if (started) {
                    listener.open(base.transport, base.loops);
                }
            }
        }

        private Listener listener(Gate gate, Plan plan, @Nullable Door old) {
            AtomicReference<Way> way = old == null ? new AtomicReference<>(plan.way) : old.way;
            Listener listener =
                    new Listener(
                            plan.config,
                            new Handlers(
                                    (peer, destination) ->
                                            new ExchangeStart(
                                                    gate.direction(),
                                                    peer,
                                                    destination,
                                                    () -> way.get().http(),
                                                    base.ticker),
                                    connection -> way.get().tcp().connected(connection)),
                            plan.security,
                            base.own,
                            base.ticker,
                            base.random);
            base.own.listeners().add(listener);
            fresh.put(gate, listener);
            ways.put(gate, way);
            return listener;
        }

        private final Map<Gate, AtomicReference<Way>> ways = new EnumMap<>(Gate.class);

        /** Takes the new into use; the ports that go let their clients go. */
        void commit() {
            Map<Gate, Door> next = new EnumMap<>(Gate.class);
            List<Listener> gone = new ArrayList<>();
            doors.forEach((gate, door) -> {
                if (!plans.containsKey(gate) || fresh.containsKey(gate)) {
                    gone.add(door.listener);
                }
            });
            plans.forEach((gate, plan) -> next.put(gate, entered(gate, plan)));
            doors = Map.copyOf(next);
            gone.forEach(Doors.this::leave);
            // The way out may have begun while the change was prepared.
            drained.forEach(Doors.this::drain);
        }

        private Door entered(Gate gate, Plan plan) {
            Listener opened = fresh.get(gate);
            Door old = doors.get(gate);
            if (opened == null && old != null) {
                old.listener.change(plan.config, plan.security);
                old.way.set(plan.way);
                return new Door(plan.config, plan.security, old.listener, old.way);
            }
            Listener listener = java.util.Objects.requireNonNull(opened);
            AtomicReference<Way> way = java.util.Objects.requireNonNull(ways.get(gate));
            way.set(plan.way);
            return new Door(plan.config, plan.security, listener, way);
        }

        void drop() {
            fresh.values().forEach(Listener::close);
            fresh.values().forEach(Listener::cut);
            base.own.listeners().removeAll(fresh.values());
        }
    }

    /** Opens what is to be open under {@code next} and is not; the rest waits for the commit. */
    Change prepare(InForce next) throws IOException {
        Change change = new Change(plans(next));
        try {
            change.open();
            return change;
        } catch (IOException | RuntimeException e) {
            change.drop();
            throw e;
        }
    }

    private Map<Gate, Plan> plans(InForce next) {
        Map<Gate, Plan> plans = new EnumMap<>(Gate.class);
        InboundConfig inbound = next.config().inbound();
        if (inbound != null && next.inbound() != null) {
            ListenerConfig config = Inbound.listener(inbound);
            plans.put(Gate.INBOUND, new Plan(config, security(inbound), next.inbound()));
        }
        OutboundConfig outbound = next.config().outbound();
        if (outbound != null && next.outbound() != null) {
            ListenerConfig config = Outbound.listener(outbound);
            plans.put(Gate.OUTBOUND, new Plan(config, new Security.Plain(), next.outbound()));
        }
        EdgeConfig edge = next.config().edge();
        EdgeDoor door = next.door();
        if (edge != null && door != null && next.edge() != null) {
            edge(edge, door, next.edge(), plans);
        }
        return plans;
    }

    private void edge(EdgeConfig edge, EdgeDoor door, Way way, Map<Gate, Plan> plans) {
        ListenerConfig secure = Edge.secureListener(edge);
        PublicCertificates shown = door.certificates();
        if (secure != null && shown != null) {
            Security security = new Security.Public(shown::current, base.refusals);
            plans.put(Gate.EDGE, new Plan(secure, security, way));
        }
        ListenerConfig plain = Edge.plainListener(edge);
        if (plain != null) {
            plans.put(Gate.EDGE_PLAIN, new Plan(plain, new Security.Plain(), way));
        }
    }

    private Security security(InboundConfig inbound) {
        if (inbound.mtls() == MtlsMode.PERMISSIVE) {
            LOG.warn("inbound is permissive: callers without a certificate are let in");
        }
        return switch (inbound.mtls()) {
            case STRICT -> new Security.MutualTls(base::identity, base.refusals);
            case PERMISSIVE -> new Security.Permissive(base::identity, base.refusals);
        };
    }

    private void leave(Listener listener) {
        leaving.removeIf(each -> each.connections() == 0);
        leaving.add(listener);
        listener.close();
        base.own.listeners().remove(listener);
        listener.drain();
    }

    /**
     * That port takes no new connections, and lets those it has go when they can; so does a port
     * that a change puts in its place.
     */
    void drain(Direction direction) {
        drained.add(direction);
        of(direction)
                .forEach(listener -> {
                    listener.close();
                    listener.drain();
                });
    }

    /** Closes all ports and cuts all connections. */
    void close() {
        List<Listener> all = new ArrayList<>(leaving);
        all.addAll(listeners());
        all.forEach(Listener::close);
        all.forEach(Listener::cut);
    }
}
