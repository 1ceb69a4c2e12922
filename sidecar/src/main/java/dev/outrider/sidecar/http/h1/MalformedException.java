package dev.outrider.sidecar.http.h1;

import dev.outrider.sidecar.http.StreamError;

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

    /** What it is for a request whose body broke the rules. */
    StreamError error() {
        StreamError.Kind kind =
                switch (status) {
                    case 413 -> StreamError.Kind.TOO_LARGE;
                    case 431 -> StreamError.Kind.TRAILERS_TOO_LARGE;
                    default -> StreamError.Kind.PROTOCOL;
                };
        return new StreamError(kind, reason + ": " + sentence());
    }

    String sentence() {
        return String.valueOf(getMessage());
    }
}
