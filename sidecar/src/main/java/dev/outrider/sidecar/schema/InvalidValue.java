package dev.outrider.sidecar.schema;

/**
 * A value the schema refuses: where it stands, what is wrong, and in the same sentence the mend.
 */
public final class InvalidValue extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Value.Place place;

    public InvalidValue(Value.Place place, String sentence) {
        super(sentence, null, false, false);
        this.place = place;
    }

    public Value.Place place() {
        return place;
    }
}
