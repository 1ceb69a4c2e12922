package dev.outrider.sidecar.auth;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SPIFFE ids by pattern: {@code *} as a whole segment stands for one segment, at the end for one or
 * more; {@code *} alone for every id. The trust domain is always named.
 *
 * @param trustDomain null for every one
 */
public record IdentityPattern(@Nullable String trustDomain, String[] segments, boolean below) {
    private static final Pattern FORM =
            Pattern.compile("spiffe://([a-z0-9._-]{1,255})((?:/(?:\\*|[A-Za-z0-9._-]+))+)");

    /** The text of one that can be read. */
    public static final Schema<String> TEXT =
            Schemas.scalar(
                    "SPIFFE id",
                    Map.of("type", "string"),
                    "spiffe://cluster.local/ns/shop/sa/web",
                    text -> {
                        var _ = parse(text);
                        return text;
                    });

    static IdentityPattern parse(String text) {
        if (text.equals("*")) {
            return new IdentityPattern(null, new String[0], true);
        }
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "identity '"
                            + text
                            + "' must be like spiffe://cluster.local/ns/shop/sa/web, with * only as"
                            + " a whole segment");
        }
        String[] segments = matcher.group(2).substring(1).split("/", -1);
        boolean below = segments[segments.length - 1].equals("*");
        return new IdentityPattern(
                matcher.group(1),
                below ? Arrays.copyOf(segments, segments.length - 1) : segments,
                below);
    }

    boolean matches(SpiffeId id) {
        if (trustDomain == null) {
            return true;
        }
        if (!trustDomain.equals(id.trustDomain())) {
            return false;
        }
        String path = id.path();
        int at = 0;
        for (String segment : segments) {
            if (at == path.length()) {
                return false;
            }
            int slash = path.indexOf('/', at + 1);
            int end = slash < 0 ? path.length() : slash;
            if (!segment.equals("*")
                    && (end - at - 1 != segment.length() || !path.startsWith(segment, at + 1))) {
                return false;
            }
            at = end;
        }
        return below ? at < path.length() : at == path.length();
    }
}
