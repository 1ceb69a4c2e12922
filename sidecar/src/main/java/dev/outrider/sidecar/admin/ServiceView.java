package dev.outrider.sidecar.admin;

import java.util.List;

/**
 * One destination and its endpoints as they are now.
 *
 * @param discovery what is to be said of where its endpoints come from; empty for nothing
 */
public record ServiceView(
        String name, int inFlight, int queued, String discovery, List<EndpointView> endpoints) {
    public ServiceView {
        endpoints = List.copyOf(endpoints);
    }

    /**
     * One endpoint.
     *
     * @param health in a word, for example {@code healthy}, {@code unhealthy} or {@code unknown}
     * @param ejected whether passive checks keep it out of the choice for now
     * @param ewmaMillis peak-sensitive mean latency; 0 before the first answer
     */
    public record EndpointView(
            String address,
            int weight,
            String health,
            boolean ejected,
            int inFlight,
            double ewmaMillis,
            int activeConnections,
            int idleConnections) {}
}
