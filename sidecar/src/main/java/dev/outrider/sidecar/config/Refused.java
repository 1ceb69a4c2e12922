package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Value;

/** Ends the reading of a file at its first fault of form; {@link ConfigFile} turns it to errors. */
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Value.Place place;
    private final String sentence;

    Refused(Value.Place place, String sentence) {
        super(sentence, null, false, false);
        this.place = place;
        this.sentence = sentence;
    }

    Value.Place place() {
        return place;
    }

    String sentence() {
        return sentence;
    }
}
