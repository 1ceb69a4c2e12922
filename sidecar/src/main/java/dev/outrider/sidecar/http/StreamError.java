package dev.outrider.sidecar.http;

/** Why a stream ended before its message did; {@code detail} is for logs and never for clients. */
public record StreamError(Kind kind, String detail) {
    /** What a peer, or we, did to the stream. */
    public enum Kind {
        /** The connection closed cleanly, with the message incomplete. */
        CLOSED,
        /** The connection was reset or broke. */
        RESET,
        /** The peer broke the protocol; {@code detail} names the rule. */
        PROTOCOL,
        /**
         * TLS ended it: in TLS 1.3 a server's refusal of our certificate comes after the handshake.
         */
        TLS,
        /** The peer says it did not process the request (HTTP/2 REFUSED_STREAM or GOAWAY). */
        REFUSED,
        /** The connection cannot carry what was asked for; the peer has not heard of it. */
        UNSUPPORTED,
        /** The body outgrew the limit. */
        TOO_LARGE,
        /** The trailers outgrew the limit. */
        TRAILERS_TOO_LARGE,
        /** The peer was silent for longer than it may be. */
        TIMED_OUT,
        /** Our side gave the stream up. */
        CANCELLED
    }
}
