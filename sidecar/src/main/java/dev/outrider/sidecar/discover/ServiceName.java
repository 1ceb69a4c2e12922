package dev.outrider.sidecar.discover;

/** A Service of a Kubernetes cluster. */
public record ServiceName(String service, String namespace) {
    @Override
    public String toString() {
        return service + "." + namespace;
    }
}
