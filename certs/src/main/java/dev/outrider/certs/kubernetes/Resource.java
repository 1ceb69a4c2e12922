package dev.outrider.certs.kubernetes;

import java.util.regex.Pattern;

/**
 * One kind of object and the paths it lives at.
 *
 * @param group as in {@code apiVersion}, empty for the core's
 * @param plural as in paths and in RBAC rules
 */
public record Resource(String group, String version, String plural) {
    public static final Resource CONFIG_MAPS = new Resource("", "v1", "configmaps");
    public static final Resource EVENTS = new Resource("", "v1", "events");
    public static final Resource NAMESPACES = new Resource("", "v1", "namespaces");
    public static final Resource PODS = new Resource("", "v1", "pods");
    public static final Resource SECRETS = new Resource("", "v1", "secrets");
    public static final Resource SERVICES = new Resource("", "v1", "services");
    public static final Resource DEPLOYMENTS = new Resource("apps", "v1", "deployments");
    public static final Resource ENDPOINT_SLICES =
            new Resource("discovery.k8s.io", "v1", "endpointslices");
    public static final Resource LEASES = new Resource("coordination.k8s.io", "v1", "leases");
    public static final Resource TOKEN_REVIEWS =
            new Resource("authentication.k8s.io", "v1", "tokenreviews");
    public static final Resource MUTATING_WEBHOOKS =
            new Resource("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations");

    /** Names come from files and from other objects: none may climb out of its place. */
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9.:]{0,251}[A-Za-z0-9])?");

    /** As objects name it: {@code v1}, {@code coordination.k8s.io/v1}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** Of all namespaces, or of a kind that has none. */
    public String all() {
        return prefix() + "/" + plural;
    }

    /** The one of that name, of a kind that lives in no namespace. */
    public String named(String name) {
        return all() + "/" + checked(name);
    }

    public String in(String namespace) {
        return prefix() + "/namespaces/" + checked(namespace) + "/" + plural;
    }

    public String named(String namespace, String name) {
        return in(namespace) + "/" + checked(name);
    }

    private String prefix() {
        return group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches() || name.contains("..")) {
            throw new IllegalArgumentException("'" + name + "' is no name of a Kubernetes object");
        }
        return name;
    }
}
