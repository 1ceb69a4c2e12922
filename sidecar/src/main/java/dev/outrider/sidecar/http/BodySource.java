package dev.outrider.sidecar.http;

/**
 * Where a request's body comes from: the client's stream, or what stands before it and changes or
 * counts what passes. On the stream's loop.
 */
public interface BodySource {
    /**
     * Starts the delivery; before this no more of the body is read than has already arrived. Called
     * at most once.
     */
    void receive(BodySink sink);

    /** Stops and restarts the delivery; the client feels it. */
    void pause();

    void resume();
}
