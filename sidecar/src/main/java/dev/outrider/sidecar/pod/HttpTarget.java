package dev.outrider.sidecar.pod;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a GET asks for.
 *
 * @param host a name or an IP address, without brackets
 * @param target path and query as they are sent
 */
record HttpTarget(HttpProbeConfig.Scheme scheme, String host, int port, String target) {
    private static final String HEX = "0123456789ABCDEF";
    private static final Pattern AUTHORITY =
            Pattern.compile("(?:[^@]*@)?([^@:\\[\\]]+|\\[[0-9a-fA-F:.]+])(?::([0-9]{1,5})?)?");

    private static final int MOST_PORT = 65535;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    static HttpTarget of(HttpProbeConfig.Scheme scheme, String host, int port, String path) {
        int fragment = path.indexOf('#');
        String text = fragment < 0 ? path : path.substring(0, fragment);
        return new HttpTarget(
                scheme, host, port, escaped(text.startsWith("/") ? text : "/" + text));
    }

    /** As a Host field says it. */
    String authority() {
        return bracketed() + ":" + port;
    }

    private String bracketed() {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    /** Where a Location leads from here; null if it makes no sense. */
    @Nullable HttpTarget resolved(String location) {
        try {
            return of(uri().resolve(escaped(location)));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Java's URI is stricter than what apps are sent and understand. */
    private URI uri() {
        String strict =
                target.replace("[", "%5B")
                        .replace("]", "%5D")
                        .replaceAll("%(?![0-9a-fA-F]{2})", "%25");
        return URI.create(scheme.name().toLowerCase(Locale.ROOT) + "://" + authority() + strict);
    }

    private static @Nullable HttpTarget of(URI uri) {
        String authority = uri.getRawAuthority();
        HttpProbeConfig.Scheme scheme =
                switch (String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT)) {
                    case "http" -> HttpProbeConfig.Scheme.HTTP;
                    case "https" -> HttpProbeConfig.Scheme.HTTPS;
                    default -> null;
                };
        if (authority == null || scheme == null) {
            return null;
        }
        Matcher parts = AUTHORITY.matcher(authority);
        if (!parts.matches()) {
            return null;
        }
        String host = parts.group(1).replaceAll("[\\[\\]]", "");
        int standard = scheme == HttpProbeConfig.Scheme.HTTP ? HTTP_PORT : HTTPS_PORT;
        String number = parts.group(2);
        int port = number == null ? standard : Integer.parseInt(number);
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return port < 1 || port > MOST_PORT ? null : of(scheme, host, port, path + query);
    }

    /** What must not stand in a request line is written with %. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            if (each > ' ' && each < 0x7f && "\"<>\\^`{|}".indexOf(each) < 0) {
                escaped.append((char) each);
            } else {
                escaped.append('%');
                escaped.append(HEX.charAt((each >> 4) & 0xf)).append(HEX.charAt(each & 0xf));
            }
        }
        return escaped.toString();
    }
}
