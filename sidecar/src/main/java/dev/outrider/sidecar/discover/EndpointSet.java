package dev.outrider.sidecar.discover;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A service's endpoints at one moment, each address once.
 *
 * @param version grows with each change of the source; 0 before its first answer
 */
public record EndpointSet(long version, List<Endpoint> endpoints) {
    public static final EndpointSet NONE = new EndpointSet(0, List.of());

    public EndpointSet {
        Map<String, Endpoint> byAddress = new LinkedHashMap<>();
        endpoints.forEach(each -> byAddress.putIfAbsent(each.address(), each));
        endpoints = List.copyOf(byAddress.values());
    }
}
