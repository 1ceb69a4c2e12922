package dev.outrider.sidecar.pod;

/** How a probe ended; {@code text} says it in a line, for people. */
record Outcome(boolean good, String text) {
    private static final int LONGEST = 300;

    Outcome {
        // Parts of it may be the app's words.
        String line = text.replaceAll("[\\p{Cntrl}]+", " ");
        text = line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
    }

    static Outcome good(String text) {
        return new Outcome(true, text);
    }

    static Outcome bad(String text) {
        return new Outcome(false, text);
    }
}
