package dev.outrider.sidecar.discover;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A service's endpoints at one moment, each address once.
 *
 * @param version grows with each change of the source; 0 before its first answer
 * @param why there are none, or not the right ones, in a sentence; empty if there is nothing to say
 */
public record EndpointSet(long version, List<Endpoint> endpoints, String why) {
    public static final EndpointSet NONE = new EndpointSet(0, List.of());

    public EndpointSet(long version, List<Endpoint> endpoints) {
        this(version, endpoints, "");
    }

    public EndpointSet {
        Map<String, Endpoint> byAddress = new LinkedHashMap<>();
        endpoints.forEach(each -> byAddress.putIfAbsent(each.address(), each));
        endpoints = List.copyOf(byAddress.values());
    }
}
