package dev.outrider.sidecar.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which fields may not come as trailers. */
public final class TrailerFields {
    /** RFC 9110, section 6.5.1: framing, routing, authentication; and who our filters vouch for. */
    private static final List<String> REFUSED =
            List.of(
                    "transfer-encoding",
                    "content-length",
                    "host",
                    "authorization",
                    "connection",
                    "trailer",
                    "cookie",
                    "x-forwarded-client-cert",
                    "workload-identity-token");

    private TrailerFields() {}

    /** The first of the fields that is none for trailers, or null. */
    public static @Nullable String refused(Headers trailers) {
        for (String name : REFUSED) {
            if (trailers.containsSpelling(name)) {
                return name;
            }
        }
        return null;
    }
}
