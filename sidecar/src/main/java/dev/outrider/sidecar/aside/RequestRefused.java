package dev.outrider.sidecar.aside;

/** Ends a request early with a status and a sentence for the caller. */
public final class RequestRefused extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final String sentence;

    public RequestRefused(int status, String sentence) {
        super(sentence, null, false, false);
        this.status = status;
        this.sentence = sentence;
    }

    public PortResponse response() {
        return PortResponse.text(status, sentence);
    }
}
