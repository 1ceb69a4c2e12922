package dev.outrider.sidecar.pod;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One small request over HTTP/2 (RFC 9113) on a connection of its own, blocking: so small that no
 * window can run out, and the answer is refused when it would be larger. The proxy's own HTTP/2
 * needs an event loop and a pool, which a probe should not touch.
 */
final class H2Call {
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PUSH_PROMISE = 5;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int CONTINUATION = 9;
    private static final int ACK = 0x1;
    private static final int END_STREAM = 0x1;
    private static final int END_HEADERS = 0x4;
    private static final int PADDED = 0x8;
    private static final int PRIORITY = 0x20;

    /** Our limit on a frame, which is HTTP/2's own unless told otherwise. */
    private static final int MOST_FRAME = 16 * 1024;

    private static final int MOST_BODY = 16 * 1024;
    private static final int MOST_BLOCK = 64 * 1024;
    private static final int MOST_FIELDS = 32 * 1024;
    private static final int MOST_FRAMES = 1000;

    private final DataInputStream in;
    private final OutputStream out;
    private final DefaultHttp2HeadersDecoder hpack =
            new DefaultHttp2HeadersDecoder(true, MOST_FIELDS);
    private final Map<String, String> fields = new LinkedHashMap<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private boolean ended;
    private boolean blockEnds;

    H2Call(InputStream in, OutputStream out) {
        this.in = new DataInputStream(in);
        this.out = out;
    }

    /** All fields, those of the head and of the trailers, and the body. */
    record Reply(Map<String, String> fields, byte[] body) {
        String field(String name) {
            return fields.getOrDefault(name, "");
        }
    }

    Reply post(List<Map.Entry<String, String>> head, byte[] content) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(PREFACE);
        // ENABLE_PUSH = 0
        frame(request, SETTINGS, 0, 0, new byte[] {0, 2, 0, 0, 0, 0});
        frame(request, HEADERS, END_HEADERS, 1, encoded(head));
        frame(request, DATA, END_STREAM, 1, content);
        out.write(request.toByteArray());
        out.flush();
        for (int i = 0; i < MOST_FRAMES && !ended; i++) {
            read();
        }
        if (!ended) {
            throw new IOException("many frames of HTTP/2 without an answer");
        }
        return new Reply(fields, body.toByteArray());
    }

    private static void frame(
            ByteArrayOutputStream to, int type, int flags, int stream, byte[] payload) {
        ByteBuffer head = ByteBuffer.allocate(9);
        head.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        head.put((byte) type).put((byte) flags).putInt(stream);
        to.writeBytes(head.array());
        to.writeBytes(payload);
    }

    /** Literals that are not remembered, without Huffman: the one form that needs no state. */
    private static byte[] encoded(List<Map.Entry<String, String>> head) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (Map.Entry<String, String> each : head) {
            block.write(0);
            text(each.getKey(), block);
            text(each.getValue(), block);
        }
        return block.toByteArray();
    }

    private static void text(String text, ByteArrayOutputStream block) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < 0x7f) {
            block.write(bytes.length);
        } else {
            block.write(0x7f);
            int left = bytes.length - 0x7f;
            for (; left >= 0x80; left >>>= 7) {
                block.write(left & 0x7f | 0x80);
            }
            block.write(left);
        }
        block.writeBytes(bytes);
    }

    private void read() throws IOException {
        byte[] payload;
        int type;
        int flags;
        int stream;
        try {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            if (length > MOST_FRAME) {
                throw new IOException("the answer is not HTTP/2");
            }
            type = in.readUnsignedByte();
            flags = in.readUnsignedByte();
            stream = in.readInt() & 0x7fffffff;
            payload = in.readNBytes(length);
            if (payload.length < length) {
                throw new EOFException();
            }
        } catch (EOFException e) {
            throw new EOFException("the connection ended before the answer");
        }
        if (stream == 0) {
            connection(type, flags, payload);
        } else if (stream == 1) {
            stream(type, flags, payload);
        }
    }

    private void connection(int type, int flags, byte[] payload) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        switch (type) {
            case SETTINGS -> {
                if ((flags & ACK) == 0) {
                    frame(answer, SETTINGS, ACK, 0, new byte[0]);
                }
            }
            case PING -> {
                if ((flags & ACK) == 0) {
                    frame(answer, PING, ACK, 0, payload);
                }
            }
            case GOAWAY -> {
                ByteBuffer away = ByteBuffer.wrap(payload);
                if (payload.length < 8 || (away.getInt() & 0x7fffffff) < 1) {
                    throw new IOException("the app ended the connection (GOAWAY)");
                }
            }
            default -> {
                return;
            }
        }
        out.write(answer.toByteArray());
        out.flush();
    }

    private void stream(int type, int flags, byte[] payload) throws IOException {
        switch (type) {
            case HEADERS -> {
                blockEnds = (flags & END_STREAM) != 0;
                byte[] part = unpadded(flags, payload, (flags & PRIORITY) == 0 ? 0 : 5);
                fields(part, (flags & END_HEADERS) != 0);
            }
            case CONTINUATION -> fields(payload, (flags & END_HEADERS) != 0);
            case DATA -> {
                byte[] part = unpadded(flags, payload, 0);
                if (body.size() + part.length > MOST_BODY) {
                    throw new IOException("the answer is longer than " + MOST_BODY + " bytes");
                }
                body.writeBytes(part);
                ended = (flags & END_STREAM) != 0;
            }
            case RST_STREAM -> {
                int code = payload.length < 4 ? -1 : ByteBuffer.wrap(payload).getInt();
                throw new IOException("the app reset the call (HTTP/2 code " + code + ")");
            }
            case PUSH_PROMISE -> throw new IOException("the app pushes, which it may not");
            default -> {
                // PRIORITY and WINDOW_UPDATE say nothing to one small request.
            }
        }
    }

    private static byte[] unpadded(int flags, byte[] payload, int skipped) throws IOException {
        boolean padded = (flags & PADDED) != 0;
        int padding = padded && payload.length > 0 ? payload[0] & 0xff : 0;
        int from = (padded ? 1 : 0) + skipped;
        if (from + padding > payload.length) {
            throw new IOException("a frame of HTTP/2 is malformed");
        }
        return java.util.Arrays.copyOfRange(payload, from, payload.length - padding);
    }

    private void fields(byte[] part, boolean last) throws IOException {
        if (block.size() + part.length > MOST_BLOCK) {
            throw new IOException("the head of the answer is longer than 64 KiB");
        }
        block.writeBytes(part);
        if (!last) {
            return;
        }
        try {
            Http2Headers read = hpack.decodeHeaders(1, Unpooled.wrappedBuffer(block.toByteArray()));
            read.forEach(each -> fields.put(each.getKey().toString(), each.getValue().toString()));
        } catch (Http2Exception e) {
            throw new IOException("the head of the answer is malformed", e);
        }
        block.reset();
        ended = blockEnds;
    }
}
