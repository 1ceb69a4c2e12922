package dev.outrider.sidecar.http;

/**
 * What becomes of path parts that two readers could understand differently; see {@link SafePath}.
 *
 * @param mergeSlashes {@code //} becomes {@code /}, else it is refused
 * @param resolveDots {@code .} and {@code ..} are resolved, else they are refused
 * @param keepEncodedSlashes {@code %2F} stays as it is, inside of a segment, else it is refused
 * @param parameters what {@code ;} begins
 * @param keepTwiceEncoded {@code %25} before two hex digits stays, else it is refused
 */
public record PathRules(
        boolean mergeSlashes,
        boolean resolveDots,
        boolean keepEncodedSlashes,
        Parameters parameters,
        boolean keepTwiceEncoded) {
    /** Everything of the kind is refused. */
    public static final PathRules STRICT =
            new PathRules(false, false, false, Parameters.REFUSE, false);

    /** Parameters of path segments (RFC 3986, section 3.3), such as {@code ;jsessionid=1}. */
    public enum Parameters {
        REFUSE,
        KEEP,
        DROP
    }
}
