package dev.outrider.sidecar.http;

/**
 * The client's side of one connection to an upstream, whichever protocol it speaks. It carries one
 * stream at a time (HTTP/1) or several (HTTP/2). All on its loop.
 */
public interface ClientConnection {
    /** Begins an exchange; only while {@link #capacity} is above 0. */
    ClientStream open(ClientStream.Listener listener);

    /** Streams that may be opened now; 0 when it is full, closed, or the upstream ends it. */
    int capacity();

    /** Whether it is open, and will take streams again if it takes none now. */
    boolean usable();

    /** Streams that are open. */
    int streams();

    /** What the upstream promised to keep an idle connection for, in seconds; 0 if nothing. */
    int idleLimitSeconds();

    /** Ends it and fails what is still open on it; its owner, who calls this, is not told. */
    void close();

    /** Who keeps the connection while it idles. On the loop. */
    interface Owner {
        /** A stream is over, or {@link ClientConnection#capacity} has changed otherwise. */
        void released(ClientConnection connection);

        /** The connection takes no stream any more and has none; its streams have been told. */
        void closed(ClientConnection connection);
    }
}
