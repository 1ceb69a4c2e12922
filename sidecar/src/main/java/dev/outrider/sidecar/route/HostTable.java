package dev.outrider.sidecar.route;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Services by the names they are called by. Immutable. */
public final class HostTable<T> {
    private final Map<String, T> byHost;

    private HostTable(Map<String, T> byHost) {
        this.byHost = byHost;
    }

    /**
     * @param hosts the names, with or without a port, of each service
     * @throws IllegalArgumentException if two services have the same name
     */
    public static <T> HostTable<T> of(Map<T, ? extends Iterable<String>> hosts) {
        Growing<T> growing = new Growing<>();
        hosts.forEach((service, names) -> names.forEach(name -> growing.add(name, service)));
        return new HostTable<>(Map.copyOf(growing.byHost));
    }

    /** What a table is made of, host by host. */
    public static final class Growing<T> {
        private final Map<String, T> byHost = new HashMap<>();

        /**
         * @throws IllegalArgumentException if another service has the name
         */
        public void add(String name, T service) {
            T other = byHost.putIfAbsent(name.toLowerCase(Locale.ROOT), service);
            if (other != null && !other.equals(service)) {
                throw new IllegalArgumentException(
                        "host '" + name + "' names both " + other + " and " + service);
            }
        }
    }

    /** Looks for the authority as it is, then without its port. */
    public @Nullable T find(String authority) {
        T exact = byHost.get(authority);
        if (exact != null) {
            return exact;
        }
        String lower = authority.toLowerCase(Locale.ROOT);
        T found = byHost.get(lower);
        if (found != null) {
            return found;
        }
        int colon = lower.lastIndexOf(':');
        return colon < 0 || lower.endsWith("]") ? null : byHost.get(lower.substring(0, colon));
    }
}
