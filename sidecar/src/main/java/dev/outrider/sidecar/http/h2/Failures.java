package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.StreamError;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.StreamBufferingEncoder;
import java.io.IOException;
import javax.net.ssl.SSLException;

/** What to call the things that end connections and streams. */
final class Failures {
    private Failures() {}

    /** Whether the codec threw it, which answers it with a frame. */
    static boolean isProtocol(Throwable cause) {
        return root(cause) instanceof Http2Exception;
    }

    static StreamError of(Throwable cause) {
        Throwable root = root(cause);
        StreamError.Kind kind =
                root instanceof StreamBufferingEncoder.Http2GoAwayException
                        ? StreamError.Kind.REFUSED
                        : root instanceof SSLException
                                ? StreamError.Kind.TLS
                                : root instanceof IOException
                                        ? StreamError.Kind.RESET
                                        : StreamError.Kind.PROTOCOL;
        return new StreamError(kind, String.valueOf(root.getMessage()));
    }

    private static Throwable root(Throwable cause) {
        Throwable inner = cause.getCause();
        return cause instanceof DecoderException && inner != null ? inner : cause;
    }

    /** An error code as RFC 9113, section 7, names it. */
    static String name(long code) {
        Http2Error error = Http2Error.valueOf(code);
        return error == null ? "error " + code : error.name();
    }
}
