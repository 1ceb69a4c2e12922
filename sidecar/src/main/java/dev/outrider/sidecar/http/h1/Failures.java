package dev.outrider.sidecar.http.h1;

import dev.outrider.sidecar.http.StreamError;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import javax.net.ssl.SSLException;

/** What an exception in a connection's pipeline means for what is under way on it. */
final class Failures {
    private Failures() {}

    static StreamError of(Throwable cause) {
        Throwable inner = cause instanceof DecoderException ? cause.getCause() : null;
        Throwable root = inner == null ? cause : inner;
        StreamError.Kind kind =
                root instanceof SSLException
                        ? StreamError.Kind.TLS
                        : root instanceof IOException
                                ? StreamError.Kind.RESET
                                : StreamError.Kind.PROTOCOL;
        return new StreamError(kind, String.valueOf(root.getMessage()));
    }
}
