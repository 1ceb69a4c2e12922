package dev.outrider.injector.manifest.text;

/** What is wrong with a text, where, and what would mend it. */
public final class BadText extends Exception {
    private static final long serialVersionUID = 1L;

    private final int offset;

    BadText(int offset, String problem) {
        super(problem);
        this.offset = offset;
    }

    /** Of the char at which it is seen. */
    public int offset() {
        return offset;
    }
}
