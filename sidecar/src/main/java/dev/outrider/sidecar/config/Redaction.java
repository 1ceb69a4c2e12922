package dev.outrider.sidecar.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Decides by name and by look what of a configuration must not be shown. Errs towards hiding. */
final class Redaction {
    static final String REDACTED = "(redacted)";

    private static final List<String> SECRET_WORDS =
            List.of(
                    "key",
                    "token",
                    "password",
                    "passphrase",
                    "secret",
                    "credential",
                    "authorization",
                    "cookie");

    /** A value that is nothing but a reference: it tells where a secret is, not what it is. */
    private static final Pattern REFERENCE =
            Pattern.compile("\\$\\{(file:[^}]*|[A-Za-z_][A-Za-z0-9_]*)}");

    private static final Pattern USER_INFO = Pattern.compile("://[^/@\\s]*@");
    private static final Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY");

    private Redaction() {}

    /** Whether all below this key is hidden. */
    static boolean hides(String key) {
        String lower = key.toLowerCase(Locale.ROOT);
        return SECRET_WORDS.stream().anyMatch(lower::contains);
    }

    static String show(String source, boolean hidden) {
        if (REFERENCE.matcher(source).matches()) {
            return source;
        }
        if (hidden || PRIVATE_KEY.matcher(source).find()) {
            return REDACTED;
        }
        return USER_INFO.matcher(source).replaceAll("://" + REDACTED + "@");
    }
}
