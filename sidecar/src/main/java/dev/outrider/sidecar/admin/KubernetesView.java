package dev.outrider.sidecar.admin;

import java.util.List;

/**
 * What is known of the cluster's Services that are in use.
 *
 * @param zone where this workload runs; empty if nobody knows
 * @param watches connections by which they are followed
 */
public record KubernetesView(
        String namespace, String zone, int watches, List<KnownService> services) {
    public KubernetesView {
        services = List.copyOf(services);
    }

    /**
     * One Service.
     *
     * @param status {@code meshed}, {@code plain} or {@code absent}; or why that is not known:
     *     {@code unknown}, {@code denied} or {@code away}
     * @param account whose pods they are; empty if they have no sidecar
     * @param pods that may be called
     * @param note what is to be said besides; empty for nothing
     */
    public record KnownService(
            String name, String status, String account, long pods, String note) {}
}
