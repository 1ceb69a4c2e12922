package dev.outrider.sidecar.admin;

/** Ends a request early with a status and a sentence for the caller. */
final class RequestRefused extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final String sentence;

    RequestRefused(int status, String sentence) {
        super(sentence, null, false, false);
        this.status = status;
        this.sentence = sentence;
    }

    AdminResponse response() {
        return AdminResponse.text(status, sentence);
    }
}
