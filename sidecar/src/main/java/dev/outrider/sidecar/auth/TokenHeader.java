package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.http.FieldValue;
import dev.outrider.sidecar.http.Headers;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header field tokens travel in: the token alone, or behind {@code Bearer} in {@code
 * authorization} (RFC 6750, section 2.1).
 *
 * @param name in lower case
 */
public record TokenHeader(String name) {
    public static final String DEFAULT_NAME = "workload-identity-token";
    private static final String AUTHORIZATION = "authorization";
    private static final String BEARER = "Bearer ";
    private static final Pattern TOKEN = Pattern.compile("[a-z0-9!#$%&'*+.^_`|~-]{1,64}");

    public TokenHeader {
        name = name.toLowerCase(Locale.ROOT);
        if (!TOKEN.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is no header name");
        }
    }

    /** The token of the first such field, null if there is none. */
    @Nullable FieldValue read(Headers headers) {
        FieldValue value = headers.field(name);
        return value == null || !name.equals(AUTHORIZATION) ? value : value.after(BEARER);
    }

    /** How the token stands in the field. */
    String value(String token) {
        return name.equals(AUTHORIZATION) ? BEARER + token : token;
    }
}
