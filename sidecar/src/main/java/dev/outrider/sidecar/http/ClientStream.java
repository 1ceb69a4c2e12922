package dev.outrider.sidecar.http;

/**
 * The upstream's side of one attempt: the request is pushed out, the response comes to a {@link
 * Listener}. All on the loop of the exchange. As a {@link BodySink} it takes the request's body.
 */
public interface ClientStream extends BodySink {
    /** Sends the head; {@code last} if no body and no trailers follow. Called once, first. */
    void request(RequestHead head, boolean last);

    /** Whether more of the request may be written now without filling memory. */
    boolean writable();

    /** Stops and restarts the delivery of the response body; the upstream feels it. */
    void pause();

    void resume();

    /** Gives the attempt up; the listener hears nothing more. */
    void cancel(StreamError error);

    /** Told on the loop; after {@link #end} or {@link #onError} nothing more comes. */
    interface Listener extends BodySink {
        /** A 1xx head. */
        void onInformational(ResponseHead head);

        /**
         * The response's head; {@code last} if nothing follows, and then {@link #end} is not
         * called.
         */
        void onResponse(ResponseHead head, boolean last);

        /** {@link ClientStream#writable} became true again. */
        void onWritable();

        /**
         * The attempt failed; before or after the head. {@code answered} tells whether any byte of
         * a response came, {@code sent} whether any byte of the request may have reached the
         * upstream.
         */
        void onError(StreamError error, boolean sent);

        @Override
        default void abort(StreamError error) {
            onError(error, true);
        }
    }
}
