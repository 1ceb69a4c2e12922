package dev.outrider.sidecar.route;

import com.google.re2j.Pattern;

/** A {@link TextMatchConfig}, compiled. */
sealed interface TextMatch {
    boolean matches(String value);

    /** Whether it asks that there is no value at all. */
    default boolean absent() {
        return false;
    }

    record Exact(String text) implements TextMatch {
        @Override
        public boolean matches(String value) {
            return value.equals(text);
        }
    }

    record Prefix(String text) implements TextMatch {
        @Override
        public boolean matches(String value) {
            return value.startsWith(text);
        }
    }

    record Regex(Pattern pattern) implements TextMatch {
        @Override
        public boolean matches(String value) {
            return pattern.matches(value);
        }
    }

    record Present() implements TextMatch {
        @Override
        public boolean matches(String value) {
            return true;
        }
    }

    record Absent() implements TextMatch {
        @Override
        public boolean matches(String value) {
            return false;
        }

        @Override
        public boolean absent() {
            return true;
        }
    }

    static TextMatch of(TextMatchConfig config) {
        if (config.exact() != null) {
            return new Exact(config.exact());
        }
        if (config.prefix() != null) {
            return new Prefix(config.prefix());
        }
        if (config.regex() != null) {
            return new Regex(BoundedPattern.compile(config.regex()));
        }
        return Boolean.TRUE.equals(config.present()) ? new Present() : new Absent();
    }
}
