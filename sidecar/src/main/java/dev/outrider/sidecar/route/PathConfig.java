package dev.outrider.sidecar.route;

import dev.outrider.sidecar.http.PathRules;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;

/**
 * What becomes of paths that two readers could understand differently. The path that comes out is
 * the one that is matched and the one that is sent on, so no app sees another than was checked.
 */
public record PathConfig(
        Slashes slashes,
        Dots dots,
        Keep encodedSlashes,
        PathRules.Parameters parameters,
        Keep twiceEncoded) {
    public static final PathConfig DEFAULTS =
            new PathConfig(
                    Slashes.MERGE,
                    Dots.REFUSE,
                    Keep.REFUSE,
                    PathRules.Parameters.REFUSE,
                    Keep.REFUSE);

    /** What becomes of {@code //}. */
    public enum Slashes {
        MERGE,
        REFUSE
    }

    /** What becomes of {@code .} and {@code ..}. */
    public enum Dots {
        REFUSE,
        RESOLVE
    }

    /** Whether something passes as it is. */
    public enum Keep {
        REFUSE,
        KEEP
    }

    public static final Schema<PathConfig> SCHEMA =
            Schema.record(
                    "PathConfig",
                    "What becomes of paths that two readers could understand differently; refused"
                            + " ones get 400. Always refused: backslashes, control characters,"
                            + " encodings that are broken or no UTF-8, and '..' above the root.",
                    f ->
                            new PathConfig(
                                    f.optional(
                                            "slashes",
                                            Schemas.oneOf(Slashes.class),
                                            DEFAULTS.slashes,
                                            "'//': 'merge' makes one of them"),
                                    f.optional(
                                            "dots",
                                            Schemas.oneOf(Dots.class),
                                            DEFAULTS.dots,
                                            "'/./' and '/../', encoded or not: 'resolve' takes them"
                                                    + " out"),
                                    f.optional(
                                            "encodedSlashes",
                                            Schemas.oneOf(Keep.class),
                                            DEFAULTS.encodedSlashes,
                                            "'%2F': 'keep' has it as a part of its segment; only"
                                                    + " for apps that do not decode it before they"
                                                    + " route"),
                                    f.optional(
                                            "parameters",
                                            Schemas.oneOf(PathRules.Parameters.class),
                                            DEFAULTS.parameters,
                                            "';name=value' in a segment: 'drop' cuts it off, 'keep'"
                                                    + " has it as a part of the segment"),
                                    f.optional(
                                            "twiceEncoded",
                                            Schemas.oneOf(Keep.class),
                                            DEFAULTS.twiceEncoded,
                                            "'%25' before two hex digits, such as '%252e'")));

    PathRules rules() {
        return new PathRules(
                slashes == Slashes.MERGE,
                dots == Dots.RESOLVE,
                encodedSlashes == Keep.KEEP,
                parameters,
                twiceEncoded == Keep.KEEP);
    }
}
