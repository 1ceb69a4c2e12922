package dev.outrider.sidecar.route;

import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What changes of a head's fields, in this order. */
public record HeadersConfig(
        Map<String, String> rename,
        List<String> remove,
        Map<String, String> set,
        Map<String, String> add) {
    public static final HeadersConfig NONE =
            new HeadersConfig(Map.of(), List.of(), Map.of(), Map.of());

    /** The proxy's to write; a route that leads out of the mesh may take it out. */
    private static final String CLIENT_CERT = "x-forwarded-client-cert";

    /** Fields that frame the message or that the proxy itself speaks with. */
    private static final Set<String> OWN =
            Set.of(
                    "connection",
                    "content-length",
                    "host",
                    "http2-settings",
                    "keep-alive",
                    "proxy-connection",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade",
                    "workload-identity-token",
                    CLIENT_CERT);

    public static final Schema<HeadersConfig> SCHEMA =
            Schema.record(
                    "HeadersConfig",
                    "Changes of header fields, in this order. Values may have variables such as"
                            + " '${request.id}' (in this file '$${request.id}'); a field of which a"
                            + " variable has no value is left out.",
                    f ->
                            new HeadersConfig(
                                    f.optional(
                                            "rename",
                                            Schemas.map(Schemas.text()),
                                            Map.of(),
                                            "new names of fields, by their old ones"),
                                    f.optional(
                                            "remove",
                                            Schemas.list(Schemas.text()),
                                            List.of(),
                                            "fields taken out"),
                                    f.optional(
                                            "set",
                                            Schemas.map(Schemas.text()),
                                            Map.of(),
                                            "fields that take the place of those of that name"),
                                    f.optional(
                                            "add",
                                            Schemas.map(Schemas.text()),
                                            Map.of(),
                                            "fields added to those of that name")));

    public HeadersConfig {
        rename = Map.copyOf(rename);
        remove = List.copyOf(remove);
        set = Map.copyOf(set);
        add = Map.copyOf(add);
        check(rename.keySet());
        check(rename.values());
        check(remove.stream().filter(name -> !name.equalsIgnoreCase(CLIENT_CERT)).toList());
        check(set.keySet());
        check(add.keySet());
    }

    private static void check(Collection<String> names) {
        for (String name : names) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (name.isEmpty() || !name.chars().allMatch(Fields::isToken)) {
                throw new IllegalArgumentException("'" + name + "' is no name of a header field");
            }
            if (OWN.contains(lower)
                    || lower.startsWith("outrider-")
                    || lower.startsWith("x-outrider-")) {
                throw new IllegalArgumentException(
                        "'"
                                + name
                                + "' is the proxy's own to set"
                                + (lower.equals("host") ? "; see 'rewrite.host'" : ""));
            }
        }
    }
}
