package dev.outrider.sidecar.outbound;

import dev.outrider.sidecar.discover.Cluster;
import dev.outrider.sidecar.discover.ClusterName;
import dev.outrider.sidecar.discover.ServicePort;
import dev.outrider.sidecar.discover.ServiceWatch;
import org.jspecify.annotations.Nullable;

/**
 * A Service of the cluster at one port, as a destination. Its text is its name among destinations,
 * in metrics and logs: {@code billing.shop}, or {@code billing.shop:9090} if it has several ports.
 *
 * @param port 0: the only one
 */
public record ClusterService(ClusterName name, int port) {
    /**
     * @param port that was called
     */
    static ClusterService of(ClusterName name, int port, ServiceWatch watch) {
        return new ClusterService(name, watch.onePort() ? 0 : port);
    }

    /** Null if it is the text of none. */
    public static @Nullable ClusterService parse(String text, Cluster cluster) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? text : text.substring(0, colon);
        ClusterName name = cluster.name(host);
        if (name == null || !name.toString().equals(host)) {
            return null;
        }
        if (colon < 0) {
            return new ClusterService(name, 0);
        }
        String port = text.substring(colon + 1);
        if (!port.matches("[1-9][0-9]{0,4}") || Integer.parseInt(port) > 65_535) {
            return null;
        }
        return new ClusterService(name, Integer.parseInt(port));
    }

    public ServicePort servicePort() {
        return port == 0 ? ServicePort.ONLY : ServicePort.of(port);
    }

    @Override
    public String toString() {
        return port == 0 ? name.toString() : name + ":" + port;
    }
}
