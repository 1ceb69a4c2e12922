package dev.outrider.sidecar.admin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The views as maps and lists, with stable names and order: people's scripts read them. */
final class ViewJson {
    private ViewJson() {}

    static Object services(ServicesView services) {
        return object(
                "clusters",
                services.made().stream().map(ViewJson::service).toList(),
                "unused",
                services.unused());
    }

    static Object kubernetes(KubernetesView view) {
        return object(
                "namespace",
                view.namespace(),
                "zone",
                view.zone(),
                "watches",
                view.watches(),
                "services",
                view.services().stream()
                        .map(each ->
                                object(
                                        "name", each.name(),
                                        "status", each.status(),
                                        "account", each.account(),
                                        "pods", each.pods(),
                                        "note", each.note()))
                        .toList());
    }

    private static Object service(ServiceView service) {
        return object(
                "name", service.name(),
                "inFlight", service.inFlight(),
                "queued", service.queued(),
                "discovery", service.discovery(),
                "endpoints", service.endpoints().stream().map(ViewJson::endpoint).toList());
    }

    private static Object endpoint(ServiceView.EndpointView endpoint) {
        return object(
                "address", endpoint.address(),
                "weight", endpoint.weight(),
                "health", endpoint.health(),
                "ejected", endpoint.ejected(),
                "inFlight", endpoint.inFlight(),
                "ewmaMillis", endpoint.ewmaMillis(),
                "activeConnections", endpoint.activeConnections(),
                "idleConnections", endpoint.idleConnections());
    }

    static Object listeners(List<ListenerView> listeners) {
        return object(
                "listeners",
                listeners.stream()
                        .map(each ->
                                object(
                                        "name", each.name(),
                                        "address", each.address(),
                                        "state", each.state(),
                                        "connections", each.connections()))
                        .toList());
    }

    static Object certificates(List<CertificateView> certificates) {
        return object(
                "certificates",
                certificates.stream()
                        .map(each ->
                                object(
                                        "role", each.role(),
                                        "subject", each.subject(),
                                        "issuer", each.issuer(),
                                        "serial", each.serial(),
                                        "notBefore", each.notBefore().toString(),
                                        "notAfter", each.notAfter().toString(),
                                        "state", each.state()))
                        .toList());
    }

    static Object breakers(List<BreakerSwitches.BreakerView> breakers) {
        return object(
                "breakers",
                breakers.stream()
                        .map(each ->
                                object(
                                        "name", each.name(),
                                        "state", each.state(),
                                        "calls", each.calls(),
                                        "failures", each.failures(),
                                        "rejected", each.rejected()))
                        .toList());
    }

    static Object info(ServerInfo info) {
        return object(
                "version", info.version(),
                "profile", info.profile(),
                "state", info.state(),
                "startedAt", info.startedAt().toString(),
                "uptimeSeconds", info.uptime().toSeconds(),
                "details", info.details());
    }

    /** Names and values in turn. */
    static Map<String, Object> object(Object... pairs) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            object.put((String) pairs[i], pairs[i + 1]);
        }
        return object;
    }
}
