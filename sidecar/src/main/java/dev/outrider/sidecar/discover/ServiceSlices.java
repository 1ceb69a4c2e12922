package dev.outrider.sidecar.discover;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** All that the cluster says of a Service's endpoints at one moment. Immutable. */
record ServiceSlices(List<Slice> slices) {
    static final ServiceSlices NONE = new ServiceSlices(List.of());

    ServiceSlices {
        slices = List.copyOf(slices);
    }

    static ServiceSlices of(Collection<Slice> slices) {
        return slices.isEmpty() ? NONE : new ServiceSlices(List.copyOf(slices));
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
        return !absent() && counting().noneMatch(each -> each.account().isEmpty());
    }

    /** Whose pods they are; more than one only while that changes. */
    Set<String> accounts() {
        Set<String> accounts = new TreeSet<>();
        counting().map(Slice::account).filter(each -> !each.isEmpty()).forEach(accounts::add);
        return accounts;
    }

    /** Slices that are empty, or about to be, do not matter while there are others. */
    private Stream<Slice> counting() {
        List<Slice> inUse = slices.stream().filter(ServiceSlices::inUse).toList();
        return inUse.isEmpty() ? slices.stream() : inUse.stream();
    }

    private static boolean inUse(Slice slice) {
        return slice.places().stream().anyMatch(each -> each.condition() != Slice.Condition.OUT);
    }

    boolean headless() {
        return slices.stream().anyMatch(Slice::headless);
    }

    /** Of the ports of TCP; a lone port may have the empty name. */
    Set<String> portNames() {
        Set<String> names = new TreeSet<>();
        slices.forEach(each -> each.ports().forEach(port -> names.add(port.name())));
        return names;
    }

    /** Whether pods may be called at any port there is. */
    boolean everyPort() {
        return slices.stream()
                .anyMatch(each -> each.ports().stream().anyMatch(port -> port.number() == 0));
    }

    boolean runsAt(String address) {
        return slices.stream()
                .anyMatch(each ->
                        each.places().stream().anyMatch(it -> it.address().equals(address)));
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
