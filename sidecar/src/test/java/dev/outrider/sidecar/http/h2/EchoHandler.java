package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHandler;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.ServerStream;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Answers each request with its own body, at the pace of whoever reads the answer. */
final class EchoHandler implements RequestHandler {
    @Override
    public void request(RequestHead head, ServerStream stream) {
        Headers headers = new Headers();
        headers.add("X-Method", head.method());
        headers.add("X-Target", head.target());
        if (head.bodyLength() == BodyLength.NONE && head.upgrade() == null) {
            headers.add("Content-Length", "2");
            stream.respond(new ResponseHead(200, headers, 2), head.method().equals("HEAD"));
            stream.data(Unpooled.copiedBuffer("ok", StandardCharsets.US_ASCII));
            stream.end(Headers.EMPTY);
            return;
        }
        stream.respond(
                new ResponseHead(head.upgrade() == null ? 200 : 101, headers, BodyLength.UNKNOWN),
                false);
        Echo echo = new Echo(stream);
        stream.listener(echo);
        stream.receive(echo);
    }

    @Override
    public void malformed(int status, String reason, String sentence, ServerStream stream) {
        Headers headers = new Headers();
        headers.add("X-Reason", reason);
        stream.respond(new ResponseHead(status, headers, BodyLength.NONE), true);
    }

    private record Echo(ServerStream stream) implements BodySink, ServerStream.Listener {
        @Override
        public void data(ByteBuf chunk) {
            stream.data(chunk);
            if (!stream.writable()) {
                stream.pause();
            }
        }

        @Override
        public void end(Headers trailers) {
            stream.end(trailers);
        }

        @Override
        public void abort(StreamError error) {
            stream.reset(error);
        }

        @Override
        public void flush() {
            stream.flush();
        }

        @Override
        public void onWritable() {
            stream.resume();
        }

        @Override
        public void onClosed(@Nullable StreamError error) {}
    }
}
