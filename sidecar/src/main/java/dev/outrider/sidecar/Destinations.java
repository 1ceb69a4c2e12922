package dev.outrider.sidecar;

import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.discover.Cluster;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.forward.Services;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All destinations under one configuration: the local app, and the services it calls. But for the
 * first few, a service is made when it is first asked for, and let go when nobody has used it for
 * long: most sidecars call a handful of the services they know.
 *
 * <p>One rule keeps a destination from being made twice: only those in force make and let go, under
 * a lock they share with all that came before. Who holds earlier ones and asks them for what they
 * have not made is given what those in force make of it.
 */
final class Destinations implements Services {
    /** Without use for so long, a service's endpoints, guards and meters are forgotten. */
    static final Duration LONGEST_IDLE = Duration.ofMinutes(10);

    /** The same for those of the cluster that nobody listed, when there are too many. */
    private static final Duration SHORTEST_IDLE = Duration.ofSeconds(1);

    private final Base base;
    private final Wanted wanted;
    private final Course course;
    private final Map<String, Destination> made = new ConcurrentHashMap<>();

    /**
     * Shared by all that follow each other, so that none keeps those between alive. Its monitor is
     * held for moments: nothing is waited for in it.
     */
    private static final class Course {
        private @Nullable Destinations inForce;
        private boolean closed;
    }

    private Destinations(Base base, Wanted wanted, Course course) {
        this.base = base;
        this.wanted = wanted;
        this.course = course;
    }

    /** Those that are configured the same are the same; the others take over what fits. */
    static Destinations fit(
            Base base, SidecarConfig config, Cluster cluster, @Nullable Destinations old) {
        Course course = old == null ? new Course() : old.course;
        Destinations next = new Destinations(base, Wanted.of(config, cluster), course);
        if (old != null) {
            old.made.forEach(next::carry);
        }
        for (String name : next.wanted.eager()) {
            next.made.computeIfAbsent(
                    name, _ -> next.first(name, Objects.requireNonNull(next.wanted.get(name))));
        }
        return next;
    }

    private void carry(String name, Destination before) {
        ServiceConfig config = wanted.get(name);
        if (config == null || before.differs(config)) {
            return;
        }
        boolean same = before.config().equals(config) && before.lookups().equals(wanted.lookups());
        made.put(name, same ? before : before.under(base, config, wanted.lookups()));
    }

    private Destination first(String name, ServiceConfig config) {
        return Destination.first(base, name, config, wanted.lookups());
    }

    // ---- in use

    /**
     * Null for a name that is not configured. Also for event loops: it waits for nothing but, the
     * first time, for another that is being made.
     */
    @Nullable Destination get(@Nullable String name) {
        if (name == null) {
            return null;
        }
        Destination there = made.get(name);
        if (there != null && there.use().take()) {
            return there;
        }
        return wanted.get(name) == null ? null : make(name);
    }

    private @Nullable Destination make(String name) {
        synchronized (course) {
            Destinations inForce = course.inForce;
            if (inForce == null || course.closed) {
                return null;
            }
            return inForce.madeHere(name);
        }
    }

    private @Nullable Destination madeHere(String name) {
        Destination there = made.get(name);
        ServiceConfig config = wanted.get(name);
        if (there == null && config != null && (wanted.listed(name) || roomForUnlisted())) {
            there = first(name, config);
            made.put(name, there);
            there.begin(base.ticker);
        }
        if (there != null) {
            var _ = there.use().take();
        }
        return there;
    }

    /**
     * An app can make up ports, each of which is another destination: when there are too many,
     * those that nobody uses right now go first.
     */
    private boolean roomForUnlisted() {
        int most = wanted.lookups().cluster().config().services();
        if (unlisted() >= most) {
            letGo(SHORTEST_IDLE, name -> !wanted.listed(name));
        }
        return unlisted() < most;
    }

    private long unlisted() {
        return made.keySet().stream().filter(name -> !wanted.listed(name)).count();
    }

    @Override
    public @Nullable Service find(String name) {
        Destination there = get(name);
        return there == null ? null : there.service();
    }

    /** Lets go of those that nobody has used for long. */
    void letGo() {
        synchronized (course) {
            letGo(LONGEST_IDLE, name -> !wanted.eager().contains(name));
        }
    }

    private void letGo(Duration idle, Predicate<String> which) {
        long now = base.ticker.nanos();
        made.forEach((name, each) -> {
            if (which.test(name) && each.idle(idle, now)) {
                var _ = made.remove(name);
                each.close();
            }
        });
    }

    // ---- to be looked at

    Collection<Destination> all() {
        return made.values();
    }

    @Override
    public Iterable<Service> made() {
        return made.values().stream().map(Destination::service)::iterator;
    }

    /** The same in the order of the file; behind them those of the cluster. */
    List<Service> services() {
        Stream<String> unlisted =
                made.keySet().stream().filter(name -> !wanted.listed(name)).sorted();
        return Stream.concat(wanted.names(), unlisted)
                .flatMap(name -> Stream.ofNullable(made.get(name)))
                .map(Destination::service)
                .toList();
    }

    String discovery(String name) {
        Destination there = made.get(name);
        return there == null || there.source() == null ? "" : there.source().standing();
    }

    /** Those made at once, which readiness waits for. */
    Stream<Destination> eager() {
        return wanted.eager().stream().flatMap(name -> Stream.ofNullable(made.get(name)));
    }

    /** For whom tokens are made out that are sent there; null if none are. */
    @Nullable String audience(@Nullable String name) {
        if (name == null) {
            return null;
        }
        if (wanted.listed(name) || wanted.unlisted() == null) {
            ServiceConfig config = wanted.get(name);
            return config == null ? null : config.audience();
        }
        Destination there = wanted.unlisted().tokens() ? get(name) : null;
        return there == null || there.source() == null ? null : there.source().peer();
    }

    /** Made or not. */
    int known() {
        return wanted.own().size() + wanted.services().size() + (int) unlisted();
    }

    // ---- change

    /** These come into use, and {@code old} leaves it. */
    void takeOver(@Nullable Destinations old) {
        synchronized (course) {
            Map<String, Destination> before = old == null ? Map.of() : old.made;
            before.forEach((name, each) -> {
                if (!made.containsKey(name)) {
                    carry(name, each); // it was made after these were
                }
            });
            made.forEach((name, each) -> enter(each, before.get(name)));
            before.forEach((name, each) -> {
                if (!made.containsKey(name)) {
                    each.close();
                }
            });
            course.inForce = this;
        }
    }

    private void enter(Destination each, @Nullable Destination before) {
        if (before == null) {
            each.begin(base.ticker);
        } else if (before.differs(each.config())) {
            before.close();
            each.begin(base.ticker);
        } else if (before.service() != each.service()) {
            before.replacedBy(each, base.ticker);
        }
    }

    /** These never come into use. */
    void drop(@Nullable Destinations old) {
        made.forEach((name, each) -> each.drop(old == null ? null : old.made.get(name)));
    }

    void close() {
        synchronized (course) {
            course.closed = true;
            made.values().forEach(Destination::close);
        }
    }
}
