package dev.outrider.sidecar.aside;

import java.net.InetAddress;
import java.util.Map;

/** A request as it was read; names of headers in lower case, each header once. */
public record PortRequest(
        String method,
        String path,
        Map<String, String> query,
        Map<String, String> headers,
        InetAddress caller) {
    /** The header's value, or nothing. */
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    public boolean changes() {
        return method.equals("POST");
    }
}
