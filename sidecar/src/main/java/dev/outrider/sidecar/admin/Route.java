package dev.outrider.sidecar.admin;

import dev.outrider.sidecar.aside.PortRequest;
import dev.outrider.sidecar.aside.PortResponse;
import dev.outrider.sidecar.aside.RequestReader;
import dev.outrider.sidecar.aside.RequestRefused;
import org.jspecify.annotations.Nullable;

/**
 * One address of the admin port. {@code path} may hold one {@code {name}}, which stands for one
 * segment.
 *
 * @param open whether callers outside loopback may have it
 */
record Route(boolean open, Methods methods, String path, String help, Handler handler) {
    private static final String NAME = "{name}";

    /** By which it may be asked for. */
    enum Methods {
        LOOK("GET, HEAD"),
        CHANGE("POST"),
        BOTH("GET, HEAD, POST");

        private final String allowed;

        Methods(String allowed) {
            this.allowed = allowed;
        }

        String allowed() {
            return allowed;
        }
    }

    /** Answers; {@code name} is the segment in place of {@code {name}}, decoded, or empty. */
    @FunctionalInterface
    interface Handler {
        PortResponse answer(PortRequest request, String name) throws RequestRefused;
    }

    static Route open(String path, String help, Handler handler) {
        return new Route(true, Methods.LOOK, path, help, handler);
    }

    static Route view(String path, String help, Handler handler) {
        return new Route(false, Methods.LOOK, path, help, handler);
    }

    static Route change(String path, String help, Handler handler) {
        return new Route(false, Methods.CHANGE, path, help, handler);
    }

    static Route both(String path, String help, Handler handler) {
        return new Route(false, Methods.BOTH, path, help, handler);
    }

    /** The name in the path, empty when the route has none; null when the path is another. */
    @Nullable String match(String asked) throws RequestRefused {
        int at = path.indexOf(NAME);
        if (at < 0) {
            return path.equals(asked) ? "" : null;
        }
        String before = path.substring(0, at);
        String after = path.substring(at + NAME.length());
        if (!asked.startsWith(before)
                || !asked.endsWith(after)
                || asked.length() <= before.length() + after.length()) {
            return null;
        }
        String name = asked.substring(before.length(), asked.length() - after.length());
        return name.contains("/") ? null : RequestReader.decode(name.replace("+", "%2B"));
    }
}
