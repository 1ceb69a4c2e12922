package dev.outrider.sidecar.discover;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes endpoints of slices. Pure.
 *
 * @param hostname of the only pod that is meant; empty: all
 * @param ownZone whose hints are followed; null: none are
 * @param accounts what stands before a service account in the identity of its pods
 */
record SliceEndpoints(
        String hostname, DnsConfig.Family family, @Nullable String ownZone, String accounts) {

    /** A pod, at one port. While slices change it may be in two, and the better word counts. */
    private record Candidate(Slice.Place place, int port, String account) {
        boolean better(@Nullable Candidate other) {
            return other == null || place.condition().compareTo(other.place.condition()) < 0;
        }
    }

    /** In the order of their addresses, so that equal answers are equal. */
    List<Endpoint> of(ServiceSlices slices, PortChoice port) {
        List<Candidate> v4 = usable(slices, port, false);
        List<Candidate> v6 = usable(slices, port, true);
        List<Candidate> found =
                switch (family) {
                    case AUTO -> v4.isEmpty() ? v6 : v4;
                    case IPV4 -> v4;
                    case IPV6 -> v6;
                };
        boolean zones = hintsHold(found);
        return found.stream()
                .map(each -> endpoint(each, !zones || each.place.zones().contains(ownZone)))
                .sorted(Comparator.comparing(Endpoint::host).thenComparing(Endpoint::port))
                .toList();
    }

    private List<Candidate> usable(ServiceSlices slices, PortChoice port, boolean v6) {
        Map<String, Candidate> byAddress = new HashMap<>();
        for (Slice slice : slices.slices()) {
            if (slice.v6() == v6) {
                numbers(slice, port).forEach(number -> collect(slice, number, byAddress));
            }
        }
        List<Candidate> ready = of(byAddress, Slice.Condition.READY);
        return ready.isEmpty() ? of(byAddress, Slice.Condition.LEAVING) : ready;
    }

    private void collect(Slice slice, int number, Map<String, Candidate> byAddress) {
        for (Slice.Place place : slice.places()) {
            if (hostname.isEmpty() || hostname.equals(place.hostname())) {
                Candidate candidate = new Candidate(place, number, slice.account());
                byAddress.merge(
                        place.address() + " " + number,
                        candidate,
                        (old, fresh) -> fresh.better(old) ? fresh : old);
            }
        }
    }

    private static List<Candidate> of(
            Map<String, Candidate> candidates, Slice.Condition condition) {
        return candidates.values().stream()
                .filter(each -> each.place.condition() == condition)
                .toList();
    }

    private static Stream<Integer> numbers(Slice slice, PortChoice port) {
        return switch (port) {
            case PortChoice.Named(String name) ->
                    slice.ports().stream()
                            .filter(each -> each.name().equals(name) && each.number() > 0)
                            .map(Slice.Port::number)
                            .limit(1);
            case PortChoice.Numbered(int number) ->
                    slice.ports().stream()
                            .filter(each -> each.number() == number || each.number() == 0)
                            .map(_ -> number)
                            .limit(1);
            case PortChoice.Asking _, PortChoice.Unclear _ -> Stream.of();
        };
    }

    /**
     * Hints are only followed where they are whole and name our zone, as kube-proxy does; how many
     * of those near must be well is the balancer's to say.
     */
    private boolean hintsHold(List<Candidate> found) {
        return ownZone != null
                && found.stream().noneMatch(each -> each.place.zones().isEmpty())
                && found.stream().anyMatch(each -> each.place.zones().contains(ownZone));
    }

    private Endpoint endpoint(Candidate each, boolean near) {
        return new Endpoint(
                each.place.address(), each.port, 1, each.place.zone(), near, peer(each.account));
    }

    private @Nullable String peer(String account) {
        return account.isEmpty() ? null : accounts + account;
    }
}
