package dev.outrider.sidecar.admin;

import java.net.InetAddress;
import java.util.Map;

/** A request as it was read; names of headers in lower case, each header once. */
record AdminRequest(
        String method,
        String path,
        Map<String, String> query,
        Map<String, String> headers,
        InetAddress caller) {
    /** The header's value, or nothing. */
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    boolean changes() {
        return method.equals("POST");
    }
}
