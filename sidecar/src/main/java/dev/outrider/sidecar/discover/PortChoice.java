package dev.outrider.sidecar.discover;

import java.util.Map;
import java.util.Set;

/**
 * Which port of the pods is meant by a port of the Service. Slices have the pods' ports with the
 * names of the Service's ports, and not the Service's numbers; those of a Service with several
 * ports are asked of DNS (SRV records), so that no more than the right to read slices is needed.
 */
sealed interface PortChoice {
    /** The pods' port of that name, in each slice its own number. */
    record Named(String name) implements PortChoice {}

    /** The port of that number. */
    record Numbered(int number) implements PortChoice {}

    /** It cannot be told before it is known which numbers the Service's ports have. */
    record Asking(Set<String> names) implements PortChoice {}

    record Unclear(String why) implements PortChoice {}

    /**
     * @param numbers the Service's ports by name, as far as they are known
     */
    static PortChoice of(
            ServiceName service,
            ServiceSlices slices,
            ServicePort wanted,
            Map<String, Integer> numbers) {
        Set<String> names = slices.portNames();
        if (names.isEmpty()) {
            return new Unclear(service + " has no port of TCP, or no pod that is ready");
        }
        if (wanted.equals(ServicePort.ONLY)) {
            return names.size() == 1
                    ? new Named(names.iterator().next())
                    : new Unclear(service + " has several ports: " + list(names));
        }
        if (!wanted.name().isEmpty()) {
            return names.contains(wanted.name())
                    ? new Named(wanted.name())
                    : new Unclear(service + " has no port '" + wanted + "', but " + list(names));
        }
        if (slices.everyPort()) {
            return new Numbered(wanted.number());
        }
        if (names.size() == 1) {
            return new Named(names.iterator().next());
        }
        if (slices.headless()) {
            return new Numbered(wanted.number()); // who calls it, calls a pod
        }
        for (String name : names) {
            if (Integer.valueOf(wanted.number()).equals(numbers.get(name))) {
                return new Named(name);
            }
        }
        return numbers.keySet().containsAll(names)
                ? new Unclear(
                        "port " + wanted + " is none of " + service + "'s, which has " + numbers)
                : new Asking(names);
    }

    private static String list(Set<String> names) {
        return String.join(", ", names);
    }
}
