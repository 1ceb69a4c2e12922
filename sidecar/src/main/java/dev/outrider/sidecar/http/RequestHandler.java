package dev.outrider.sidecar.http;

/** Receives the requests of one connection, on its loop. */
public interface RequestHandler {
    /** A well-formed head; the body comes when the stream is asked for it. */
    void request(RequestHead head, ServerStream stream);

    /**
     * What came is no request: {@code status} and {@code reason} say why, {@code sentence} the
     * rule. The handler answers on the stream; the connection closes after the answer.
     */
    void malformed(int status, String reason, String sentence, ServerStream stream);
}
