package dev.outrider.sidecar.http.h1;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** Writes heads and chunk frames. The framing fields are written here and nowhere else. */
final class HeadWriter {
    private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] TUNNEL_CHUNKS = ascii(Framing.TUNNEL + ": chunked\r\n");
    private static final byte[] UPGRADE = ascii("Connection: Upgrade\r\nUpgrade: ");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] NO_LENGTH = ascii("Content-Length: 0\r\n");
    private static final byte[] LAST_CHUNK = ascii("0\r\n");
    private static final byte[][] STATUS_LINES = statusLines();
    private static final int FRAMING_ROOM = 64;

    private HeadWriter() {}

    /**
     * @param tunnelChunks whether the upstream is offered chunks in the tunnel that is asked for
     */
    static ByteBuf request(ByteBufAllocator alloc, RequestHead head, boolean tunnelChunks) {
        Headers headers = head.headers();
        String target = head.target();
        int length = head.method().length() + 1 + target.length() + VERSION.length;
        ByteBuf out = alloc.ioBuffer(length + headers.wireLength() + FRAMING_ROOM);
        ByteBufUtil.writeAscii(out, head.method());
        out.writeByte(' ');
        ByteBufUtil.writeAscii(out, target);
        out.writeBytes(VERSION);
        headers.writeTo(out);
        if (chunked(head)) {
            out.writeBytes(CHUNKED);
        }
        if (tunnelChunks) {
            out.writeBytes(TUNNEL_CHUNKS);
        }
        if (head.upgrade() != null) {
            upgrade(out, head.upgrade());
        }
        return out.writeShort(Fields.CRLF);
    }

    /** What asks for a tunnel has no body before that is granted. */
    static boolean chunked(RequestHead head) {
        return head.bodyLength() == BodyLength.UNKNOWN && !head.asksTunnel();
    }

    /** How a response's head tells where its body ends. */
    enum Ending {
        /** By the fields it has, or by its status, or with the connection. */
        STATED,
        /** A field is added that says there is none. */
        EMPTY,
        /** By the last chunk; only towards a client that speaks 1.1. */
        CHUNKED,
        /** By the last chunk in a tunnel, towards a sidecar. */
        TUNNEL_CHUNKED
    }

    static ByteBuf response(
            ByteBufAllocator alloc, ResponseHead head, Ending ending, boolean close) {
        Headers headers = head.headers();
        byte[] line = STATUS_LINES[head.status()];
        ByteBuf out = alloc.ioBuffer(line.length + headers.wireLength() + FRAMING_ROOM);
        out.writeBytes(line);
        headers.writeTo(out);
        switch (ending) {
            case STATED -> {}
            case EMPTY -> out.writeBytes(NO_LENGTH);
            case CHUNKED -> out.writeBytes(CHUNKED);
            case TUNNEL_CHUNKED -> out.writeBytes(TUNNEL_CHUNKS);
        }
        if (close) {
            out.writeBytes(CLOSE);
        }
        return out.writeShort(Fields.CRLF);
    }

    /** The answer that switches the connection to another protocol. */
    static ByteBuf switching(
            ByteBufAllocator alloc, ResponseHead head, String protocol, Ending ending) {
        byte[] line = STATUS_LINES[head.status()];
        ByteBuf out = alloc.ioBuffer(line.length + head.headers().wireLength() + FRAMING_ROOM);
        out.writeBytes(line);
        head.headers().writeTo(out);
        if (ending == Ending.TUNNEL_CHUNKED) {
            out.writeBytes(TUNNEL_CHUNKS);
        }
        upgrade(out, protocol);
        return out.writeShort(Fields.CRLF);
    }

    private static void upgrade(ByteBuf out, String protocol) {
        out.writeBytes(UPGRADE);
        ByteBufUtil.writeAscii(out, protocol);
        out.writeShort(Fields.CRLF);
    }

    /** What stands before a chunk's data; its CRLF follows the data. */
    static ByteBuf chunkSize(ByteBufAllocator alloc, int size) {
        ByteBuf out = alloc.ioBuffer(10);
        ByteBufUtil.writeAscii(out, Integer.toHexString(size));
        return out.writeShort(Fields.CRLF);
    }

    static ByteBuf chunkEnd(ByteBufAllocator alloc) {
        return alloc.ioBuffer(2).writeShort(Fields.CRLF);
    }

    static ByteBuf lastChunk(ByteBufAllocator alloc, Headers trailers) {
        ByteBuf out = alloc.ioBuffer(LAST_CHUNK.length + trailers.wireLength() + 2);
        out.writeBytes(LAST_CHUNK);
        trailers.writeTo(out);
        return out.writeShort(Fields.CRLF);
    }

    private static byte[][] statusLines() {
        byte[][] lines = new byte[600][];
        for (int status = 100; status < 600; status++) {
            String phrase = HttpResponseStatus.valueOf(status).reasonPhrase();
            lines[status] = ascii("HTTP/1.1 " + status + " " + phrase + "\r\n");
        }
        return lines;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
