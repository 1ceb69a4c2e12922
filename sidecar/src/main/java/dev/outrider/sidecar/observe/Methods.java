package dev.outrider.sidecar.observe;

/**
 * The methods that may be a metric's label or a span's name; any other is {@code _OTHER}, so a
 * client cannot invent labels (OpenTelemetry semantic conventions, http.request.method).
 */
final class Methods {
    private static final String[] NAMES = {
        "_OTHER", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"
    };

    private Methods() {}

    /** From 0 to 15. */
    static int index(String method) {
        return switch (method) {
            case "GET" -> 1;
            case "HEAD" -> 2;
            case "POST" -> 3;
            case "PUT" -> 4;
            case "DELETE" -> 5;
            case "CONNECT" -> 6;
            case "OPTIONS" -> 7;
            case "TRACE" -> 8;
            case "PATCH" -> 9;
            default -> 0;
        };
    }

    static String name(int index) {
        return NAMES[index];
    }

    static String known(String method) {
        return NAMES[index(method)];
    }
}
