package dev.outrider.sidecar.http.h1;

import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHandler;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.ServerStream;
import dev.outrider.sidecar.http.StreamError;
import dev.outrider.sidecar.time.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Bytes through a server connection; what its handler saw, message by message. */
final class Wires {
    private static final int PIECE = 7;

    private Wires() {}

    /** One request as the handler saw it; {@code whole} when its body came to its end. */
    static final class Message implements BodySink {
        final RequestHead head;
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        Headers trailers = Headers.EMPTY;
        boolean whole;
        private final ServerStream stream;

        Message(RequestHead head, ServerStream stream) {
            this.head = head;
            this.stream = stream;
        }

        @Override
        public void data(ByteBuf chunk) {
            body.writeBytes(ByteBufUtil.getBytes(chunk));
            chunk.release();
        }

        @Override
        public void end(Headers trailers) {
            this.trailers = trailers;
            whole = true;
            stream.respond(new ResponseHead(204, new Headers(), 0), true);
        }

        @Override
        public void abort(StreamError error) {
            stream.respond(new ResponseHead(400, new Headers(), 0), true);
        }

        @Override
        public void flush() {}

        @Override
        public String toString() {
            return head.method()
                    + " "
                    + head.target()
                    + " "
                    + head.authority()
                    + "\n"
                    + head.headers()
                    + "\n"
                    + (whole ? body.toString(StandardCharsets.ISO_8859_1) + trailers : "broken");
        }
    }

    /** All messages, in one piece or in small ones; what was refused reads as its reason. */
    static List<Object> read(byte[] bytes, boolean pieces) {
        List<Object> seen = new ArrayList<>();
        RequestHandler handler =
                new RequestHandler() {
                    @Override
                    public void request(RequestHead head, ServerStream stream) {
                        Message message = new Message(head, stream);
                        seen.add(message);
                        stream.receive(message);
                    }

                    @Override
                    public void malformed(
                            int status, String reason, String sentence, ServerStream stream) {
                        seen.add(status + " " + reason);
                        stream.respond(new ResponseHead(status, new Headers(), 0), true);
                    }
                };
        EmbeddedChannel channel =
                new EmbeddedChannel(
                        new H1ServerConnection(handler, H1Limits.DEFAULTS, Ticker.system()));
        List<ByteBuf> given = new ArrayList<>();
        int step = pieces ? PIECE : Math.max(1, bytes.length);
        for (int at = 0; at < bytes.length && channel.isOpen(); at += step) {
            ByteBuf piece = Unpooled.copiedBuffer(bytes, at, Math.min(step, bytes.length - at));
            given.add(piece);
            channel.writeInbound(piece);
        }
        channel.checkException();
        channel.finishAndReleaseAll();
        for (ByteBuf each : given) {
            if (each.refCnt() != 0) {
                throw new AssertionError("a buffer was not released");
            }
        }
        return seen;
    }

    /** The message as we send it on. */
    static byte[] forwarded(Message message) {
        ByteBuf out = HeadWriter.request(Unpooled.buffer().alloc(), message.head, false);
        byte[] body = message.body.toByteArray();
        if (message.head.bodyLength() < 0) {
            if (body.length > 0) {
                write(out, HeadWriter.chunkSize(out.alloc(), body.length));
                out.writeBytes(body);
                write(out, HeadWriter.chunkEnd(out.alloc()));
            }
            write(out, HeadWriter.lastChunk(out.alloc(), message.trailers));
        } else {
            out.writeBytes(body);
        }
        byte[] bytes = ByteBufUtil.getBytes(out);
        out.release();
        return bytes;
    }

    private static void write(ByteBuf out, ByteBuf piece) {
        out.writeBytes(piece);
        piece.release();
    }
}
