package dev.outrider.examples.mesh;

import java.util.ArrayList;
import java.util.List;

/**
 * An instance of a service with a sidecar of its own.
 *
 * @param instance unique, such as {@code billing-2}
 * @param service what others call it by; also its service account
 */
public record Workload(String instance, String service) {
    public static final Workload WEB = new Workload("web", "web");
    public static final Workload ORDERS = new Workload("orders", "orders");
    public static final Workload BILLING_1 = new Workload("billing-1", "billing");
    public static final Workload BILLING_2 = new Workload("billing-2", "billing");

    public static final List<Workload> BILLING = List.of(BILLING_1, BILLING_2);
    public static final List<Workload> ALL = List.of(WEB, ORDERS, BILLING_1, BILLING_2);

    /** The name of its sidecar's process. */
    public String sidecar() {
        return instance + "-sidecar";
    }

    /** The names of the port its app listens on, and of its sidecar's three. */
    String app() {
        return instance;
    }

    String inbound() {
        return instance + " inbound";
    }

    String outbound() {
        return instance + " outbound";
    }

    String admin() {
        return instance + " admin";
    }

    /** Every port the demo needs, in the order in which they are taken. */
    public static List<String> portNames() {
        List<String> names = new ArrayList<>(List.of("zipkin", "ca", "edge", "edge admin"));
        for (Workload workload : ALL) {
            names.add(workload.app());
            names.add(workload.inbound());
            names.add(workload.outbound());
            names.add(workload.admin());
        }
        return names;
    }
}
