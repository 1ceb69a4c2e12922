package dev.outrider.sidecar.cost;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;

/** One end of an HTTP/2 connection that sends the same fields again and again. */
final class H2Frames {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int SETTINGS = 4;
    static final int END_STREAM = 1;
    private static final int WINDOW_UPDATE = 8;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int INITIAL_WINDOW = 4;

    private final DataInputStream in;
    private final DataOutputStream out;
    private final DefaultHttp2HeadersEncoder hpack = new DefaultHttp2HeadersEncoder();
    private final Http2Headers fields = new DefaultHttp2Headers();
    private int blocks;
    private byte[] block = {};

    /** A frame's header, and its payload as far as {@code length} in an array that is reused. */
    int length;

    int type;
    int flags;
    int id;
    final byte[] payload = new byte[1 << 14];

    /**
     * @param fields in pairs of name and value, as all heads of this end have them
     */
    H2Frames(Socket socket, String... fields) throws IOException {
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
        for (int i = 0; i < fields.length; i += 2) {
            this.fields.add(fields[i], fields[i + 1]);
        }
    }

    /** Windows so wide that none of them has to be opened again. */
    void begin(byte[] preface) throws IOException {
        out.write(preface);
        header(6, SETTINGS, 0, 0);
        out.writeShort(INITIAL_WINDOW);
        out.writeInt(1 << 20);
        header(4, WINDOW_UPDATE, 0, 0);
        out.writeInt(Integer.MAX_VALUE - 0xffff);
        out.flush();
    }

    void skip(int bytes) throws IOException {
        in.skipNBytes(bytes);
    }

    boolean moreHasCome() throws IOException {
        return in.available() > 0;
    }

    void flush() throws IOException {
        out.flush();
    }

    /** The first block fills HPACK's table, so that the second and all that follow are the same. */
    void head(int stream, boolean last) throws IOException {
        if (blocks < 2) {
            blocks++;
            block = encode(stream);
        }
        header(block.length, HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream);
        out.write(block);
    }

    private byte[] encode(int stream) throws IOException {
        ByteBuf target = Unpooled.buffer();
        try {
            hpack.encodeHeaders(stream, fields, target);
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
        return ByteBufUtil.getBytes(target);
    }

    void body(int stream, byte[] body) throws IOException {
        header(body.length, DATA, END_STREAM, stream);
        out.write(body);
    }

    private void header(int length, int type, int flags, int stream) throws IOException {
        out.writeByte(length >> 16);
        out.writeShort(length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
    }

    /** Reads one frame; SETTINGS are acknowledged. */
    void next() throws IOException {
        length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        type = in.readUnsignedByte();
        flags = in.readUnsignedByte();
        id = in.readInt();
        in.readFully(payload, 0, length);
        if (type == SETTINGS && (flags & ACK) == 0) {
            header(0, SETTINGS, ACK, 0);
            out.flush();
        }
    }

    boolean last() {
        return (flags & END_STREAM) != 0;
    }
}
