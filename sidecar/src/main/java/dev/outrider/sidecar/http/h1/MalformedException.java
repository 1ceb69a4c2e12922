package dev.outrider.sidecar.http.h1;

/**
 * A message that breaks the rules: the status a server answers, one stable word, and the rule in a
 * sentence. Without a stack trace, since peers can cause it at will.
 */
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final String reason;

    MalformedException(int status, String reason, String sentence) {
        super(sentence, null, false, false);
        this.status = status;
        this.reason = reason;
    }

    static MalformedException bad(String reason, String sentence) {
        return new MalformedException(400, reason, sentence);
    }

    public int status() {
        return status;
    }

    public String reason() {
        return reason;
    }

    String sentence() {
        return String.valueOf(getMessage());
    }
}
