package dev.outrider.sidecar.route;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import org.jspecify.annotations.Nullable;

/** What a header or a query parameter must be; exactly one of these. */
public record TextMatchConfig(
        @Nullable String exact,
        @Nullable String prefix,
        @Nullable String regex,
        @Nullable Boolean present) {
    public static final Schema<TextMatchConfig> SCHEMA =
            Schema.record(
                    "TextMatchConfig",
                    "What a header or query parameter must be: one of the keys. If the name comes"
                            + " several times, each value must be so.",
                    f ->
                            new TextMatchConfig(
                                    f.nullable("exact", Schemas.text(), "this value"),
                                    f.nullable("prefix", Schemas.text(), "a value that begins so"),
                                    f.nullable(
                                            "regex",
                                            Schemas.text(),
                                            "a value that as a whole matches this regular"
                                                    + " expression (RE2)"),
                                    f.nullable(
                                            "present",
                                            Schemas.bool(),
                                            "true for any value, false for none at all")));

    public TextMatchConfig {
        int given =
                (exact == null ? 0 : 1)
                        + (prefix == null ? 0 : 1)
                        + (regex == null ? 0 : 1)
                        + (present == null ? 0 : 1);
        if (given != 1) {
            throw new IllegalArgumentException(
                    "say exactly one of 'exact', 'prefix', 'regex' and 'present'");
        }
        if (regex != null) {
            BoundedPattern.compile(regex);
        }
    }

    static TextMatchConfig ofExact(String value) {
        return new TextMatchConfig(value, null, null, null);
    }
}
