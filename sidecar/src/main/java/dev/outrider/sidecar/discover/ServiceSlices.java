package dev.outrider.sidecar.discover;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All that the cluster says of a Service's endpoints at one moment. Immutable; what every call asks
 * is worked out once.
 */
final class ServiceSlices {
    static final ServiceSlices NONE = new ServiceSlices(List.of());

    private final List<Slice> slices;
    private final boolean meshed;
    private final SortedSet<String> accounts;
    private final SortedSet<String> portNames;
    private final boolean everyPort;
    private final Set<String> addresses;

    ServiceSlices(Collection<Slice> slices) {
        this.slices = List.copyOf(slices);
        List<Slice> counting = counting(this.slices);
        meshed = !counting.isEmpty() && counting.stream().noneMatch(it -> it.account().isEmpty());
        accounts = sorted(counting.stream().map(Slice::account).filter(it -> !it.isEmpty()));
        portNames = sorted(ports().map(Slice.Port::name));
        everyPort = ports().anyMatch(each -> each.number() == 0);
        addresses =
                this.slices.stream()
                        .flatMap(each -> each.places().stream())
                        .map(Slice.Place::address)
                        .collect(Collectors.toUnmodifiableSet());
    }

    /** Slices that are empty, or about to be, do not matter while there are others. */
    private static List<Slice> counting(List<Slice> slices) {
        List<Slice> inUse = slices.stream().filter(ServiceSlices::inUse).toList();
        return inUse.isEmpty() ? slices : inUse;
    }

    private static boolean inUse(Slice slice) {
        return slice.places().stream().anyMatch(each -> each.condition() != Slice.Condition.OUT);
    }

    private static SortedSet<String> sorted(Stream<String> texts) {
        return Collections.unmodifiableSortedSet(
                texts.collect(Collectors.toCollection(TreeSet::new)));
    }

    private Stream<Slice.Port> ports() {
        return slices.stream().flatMap(each -> each.ports().stream());
    }

    List<Slice> slices() {
        return slices;
    }

    /** There is no such Service, or none that has endpoints in the cluster (ExternalName). */
    boolean absent() {
        return slices.isEmpty();
    }

    /**
     * Whether every pod that may be called has a sidecar. Labels reach one slice after the other:
     * until all that count have it the Service is called as it was before there were any.
     */
    boolean meshed() {
        return meshed;
    }

    /** Whose pods they are; more than one only while that changes. */
    SortedSet<String> accounts() {
        return accounts;
    }

    boolean headless() {
        return slices.stream().anyMatch(Slice::headless);
    }

    /** Of the ports of TCP; a lone port may have the empty name. */
    SortedSet<String> portNames() {
        return portNames;
    }

    /** Whether pods may be called at any port there is. */
    boolean everyPort() {
        return everyPort;
    }

    /** Whether a call can mean one port only. */
    boolean onePort() {
        return portNames.size() == 1 && !everyPort;
    }

    boolean runsAt(String address) {
        return addresses.contains(address);
    }

    /** Pods that may be called. */
    long places() {
        return slices.stream()
                .flatMap(each -> each.places().stream())
                .filter(each -> each.condition() != Slice.Condition.OUT)
                .map(Slice.Place::address)
                .distinct()
                .count();
    }
}
