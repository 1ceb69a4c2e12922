package dev.outrider.sidecar.body;

import dev.outrider.sidecar.http.Headers;
import java.util.List;
import java.util.Locale;

/** What heads say of bodies that are about to change. */
final class JsonHeads {
    private static final String TYPE = "content-type";
    private static final List<String> DIGESTS =
            List.of("content-digest", "content-md5", "digest", "repr-digest");

    private JsonHeads() {}

    /**
     * Whether the media type names JSON. A body without one may be read as JSON by anybody, and so
     * may one with several: which of them counts each reader decides.
     */
    static boolean isJson(Headers headers) {
        String type = headers.get(TYPE);
        if (type == null || headers.countSpellings(TYPE) > 1) {
            return true;
        }
        int semicolon = type.indexOf(';');
        String media = semicolon < 0 ? type : type.substring(0, semicolon);
        return media.isBlank() || media.toLowerCase(Locale.ROOT).contains("json");
    }

    /** Whether its bytes are JSON's own: in UTF-8, neither compressed nor a part. */
    static boolean isReadable(Headers headers) {
        if (headers.countSpellings(TYPE) > 1) {
            return false;
        }
        String type = headers.get(TYPE);
        String lower = type == null ? "" : type.toLowerCase(Locale.ROOT);
        int charset = lower.indexOf("charset=");
        return (charset < 0 || lower.substring(charset).matches("charset=\"?utf-?8\"?\\s*(;.*)?"))
                && headers.all("content-encoding").stream()
                        .allMatch(each -> each.strip().equalsIgnoreCase("identity"))
                && !headers.contains("content-range");
    }

    /** What says how the old body's bytes were. */
    static void forget(Headers headers) {
        headers.remove("content-length");
        forgetDigests(headers);
    }

    static void forgetDigests(Headers headers) {
        DIGESTS.forEach(headers::remove);
    }

    /** A tag may no longer stand for the same bytes, but still for the same thing. */
    static void weaken(Headers headers) {
        String tag = headers.get("etag");
        if (tag != null && !tag.startsWith("W/")) {
            headers.set("ETag", "W/" + tag);
        }
        headers.remove("accept-ranges");
    }
}
