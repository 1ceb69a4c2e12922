package dev.outrider.sidecar.pod;

import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A GET.
 *
 * @param host what the Host field says; null for the address that is called
 */
public record HttpProbeConfig(
        int port,
        String path,
        @Nullable String host,
        Scheme scheme,
        Map<String, List<String>> headers) {
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern TEXT = Pattern.compile("[^\\x00-\\x08\\x0a-\\x1f\\x7f]*");

    /** What the connection carries. */
    public enum Scheme {
        HTTP,
        /** Whose certificate nobody looks at, as the kubelet does not. */
        HTTPS
    }

    static final RecordSchema<HttpProbeConfig> SCHEMA =
            Schema.record(
                    "HttpProbeConfig",
                    "A GET that the app is sent in the kubelet's stead.",
                    f ->
                            new HttpProbeConfig(
                                    f.required("port", ProbeConfig.PORT, "the app's port"),
                                    f.optional(
                                            "path",
                                            Schemas.text(),
                                            "/",
                                            "what is asked for; may have a query"),
                                    f.nullable(
                                            "host",
                                            Schemas.text(),
                                            "what the Host field says; it is never where to connect"
                                                    + " to"),
                                    f.optional(
                                            "scheme",
                                            Schemas.oneOf(Scheme.class),
                                            Scheme.HTTP,
                                            "https is not verified"),
                                    f.optional(
                                            "headers",
                                            Schemas.map(Schemas.list(Schemas.text())),
                                            Map.of(),
                                            "fields to send, each with a value or several")));

    public HttpProbeConfig {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        if (host != null && (host.isBlank() || !TEXT.matcher(host).matches())) {
            throw new IllegalArgumentException("'host' must be a name, and a port where needed");
        }
        headers.forEach((name, values) -> {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("'" + name + "' is no name of a header");
            }
            if (!values.stream().allMatch(value -> TEXT.matcher(value).matches())) {
                throw new IllegalArgumentException(
                        "the value of header '" + name + "' holds a control character");
            }
        });
    }
}
