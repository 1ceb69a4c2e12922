package dev.outrider.certs.kubernetes;

/**
 * Which objects of a collection are meant. Empty texts select everything.
 *
 * @param labels such as {@code app=web,tier in (a,b)}
 * @param fields such as {@code metadata.name=outrider-ca}
 */
public record Selector(String labels, String fields) {
    public static final Selector ALL = new Selector("", "");

    public static Selector labels(String labels) {
        return new Selector(labels, "");
    }

    public static Selector fields(String fields) {
        return new Selector("", fields);
    }

    /** The one object of that name: how a single object is watched. */
    public static Selector named(String name) {
        return fields("metadata.name=" + name);
    }
}
