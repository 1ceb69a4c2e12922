package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.http.FieldValue;
import dev.outrider.sidecar.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where in a request's head an issuer's tokens are. */
public sealed interface TokenSource {
    /** {@code authorization} behind Bearer, or another field with nothing but the token. */
    TokenSource AUTHORIZATION = new Field(new TokenHeader("authorization"));

    /** How many tokens are there; the second is nobody's business. */
    int count(Headers headers);

    /** The one token, null if there is none. */
    @Nullable FieldValue read(Headers headers);

    /** Takes the token out, so that the service behind never sees it. */
    void strip(Headers headers);

    /** A header field. */
    record Field(TokenHeader header) implements TokenSource {
        @Override
        public int count(Headers headers) {
            // Basic and others are no tokens, yet beside a Bearer they are a second credential.
            int fields = headers.countSpellings(header.name());
            return fields == 1 && header.read(headers) == null ? 0 : fields;
        }

        @Override
        public @Nullable FieldValue read(Headers headers) {
            return header.read(headers);
        }

        @Override
        public void strip(Headers headers) {
            headers.removeSpellings(header.name());
        }
    }

    /** A cookie (RFC 6265, section 4.2.1), of a browser's session. */
    record Cookie(String name) implements TokenSource {
        private static final String FIELD = "cookie";
        private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,64}");

        public Cookie {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("'" + name + "' is no cookie's name");
            }
        }

        @Override
        public int count(Headers headers) {
            int found = 0;
            for (FieldValue field : headers.fields(FIELD)) {
                for (int at = 0; at < field.length(); at = end(field, at) + 1) {
                    found += isOurs(field, start(field, at)) ? 1 : 0;
                }
            }
            return found;
        }

        @Override
        public @Nullable FieldValue read(Headers headers) {
            for (FieldValue field : headers.fields(FIELD)) {
                for (int at = 0; at < field.length(); at = end(field, at) + 1) {
                    int start = start(field, at);
                    if (isOurs(field, start)) {
                        return value(field, start + name.length() + 1, end(field, at));
                    }
                }
            }
            return null;
        }

        @Override
        public void strip(Headers headers) {
            if (count(headers) == 0) {
                return;
            }
            List<String> kept = new ArrayList<>();
            for (FieldValue field : headers.fields(FIELD)) {
                for (int at = 0; at < field.length(); at = end(field, at) + 1) {
                    int start = start(field, at);
                    if (!isOurs(field, start) && start < end(field, at)) {
                        kept.add(field.part(start, end(field, at)).toString());
                    }
                }
            }
            headers.removeSpellings(FIELD);
            if (!kept.isEmpty()) {
                headers.add("Cookie", String.join("; ", kept));
            }
        }

        private boolean isOurs(FieldValue field, int start) {
            int equals = start + name.length();
            return equals < field.length()
                    && field.at(equals) == '='
                    && field.startsWith(name, start);
        }

        /** Past the blanks before a pair. */
        private static int start(FieldValue field, int at) {
            int start = at;
            while (start < field.length() && (field.at(start) == ' ' || field.at(start) == '\t')) {
                start++;
            }
            return start;
        }

        /** Of the pair that holds {@code at}. */
        private static int end(FieldValue field, int at) {
            int end = at;
            while (end < field.length() && field.at(end) != ';') {
                end++;
            }
            return end;
        }

        /** Without blanks behind, and without the quotes that a value may stand in. */
        private static FieldValue value(FieldValue field, int from, int to) {
            int end = to;
            while (end > from && (field.at(end - 1) == ' ' || field.at(end - 1) == '\t')) {
                end--;
            }
            boolean quoted = end - from >= 2 && field.at(from) == '"' && field.at(end - 1) == '"';
            return quoted ? field.part(from + 1, end - 1) : field.part(from, end);
        }
    }
}
