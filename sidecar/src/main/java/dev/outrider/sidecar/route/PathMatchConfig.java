package dev.outrider.sidecar.route;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import org.jspecify.annotations.Nullable;

/** Which paths a route has; exactly one of these. A slash at the end makes no difference. */
public record PathMatchConfig(
        @Nullable String exact,
        @Nullable String prefix,
        @Nullable String template,
        @Nullable String regex) {
    public static final Schema<PathMatchConfig> SCHEMA =
            Schema.record(
                    "PathMatchConfig",
                    "Which paths a route has: one of the keys. A slash at the end of the path makes"
                            + " no difference, except to a regex.",
                    f ->
                            new PathMatchConfig(
                                    f.nullable("exact", Schemas.text(), "this path"),
                                    f.nullable(
                                            "prefix",
                                            Schemas.text(),
                                            "this path and all below it, by whole segments"),
                                    f.nullable(
                                            "template",
                                            Schemas.text(),
                                            "a path with {name} for any one segment, and at its"
                                                    + " end {name...} for all that follows"),
                                    f.nullable(
                                            "regex",
                                            Schemas.text(),
                                            "a regular expression (RE2) that the path matches as a"
                                                    + " whole")));

    public PathMatchConfig {
        int given =
                (exact == null ? 0 : 1)
                        + (prefix == null ? 0 : 1)
                        + (template == null ? 0 : 1)
                        + (regex == null ? 0 : 1);
        if (given != 1) {
            throw new IllegalArgumentException(
                    "say exactly one of 'exact', 'prefix', 'template' and 'regex'");
        }
        String plain = exact == null ? prefix : exact;
        if (plain != null && !PathTemplate.parse(plain).isPlain()) {
            throw new IllegalArgumentException(
                    "path '" + plain + "' has {}: write it as a 'template'");
        }
        if (template != null) {
            PathTemplate.parse(template);
        }
        if (regex != null) {
            BoundedPattern.compile(regex);
        }
    }

    public static PathMatchConfig ofExact(String path) {
        return new PathMatchConfig(path, null, null, null);
    }

    public static PathMatchConfig ofPrefix(String path) {
        return new PathMatchConfig(null, path, null, null);
    }

    public static PathMatchConfig ofTemplate(String template) {
        return new PathMatchConfig(null, null, template, null);
    }

    public static PathMatchConfig ofRegex(String regex) {
        return new PathMatchConfig(null, null, null, regex);
    }

    /** The plain path or template, null for a regex. */
    @Nullable PathTemplate parsed() {
        String text = exact != null ? exact : prefix != null ? prefix : template;
        return text == null ? null : PathTemplate.parse(text);
    }
}
