package dev.outrider.sidecar.http.h2;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One end of an HTTP/2 connection made of bytes, without any codec of ours or Netty's. */
final class RawH2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /** A frame as it came. */
    record Frame(int type, int flags, int id, byte[] payload) {
        /** Four bytes of the payload as a number: an error code, a last stream, an increment. */
        int number(int at) {
            return (payload[at] & 0xff) << 24
                    | (payload[at + 1] & 0xff) << 16
                    | (payload[at + 2] & 0xff) << 8
                    | payload[at + 3] & 0xff;
        }

        boolean last() {
            return (flags & END_STREAM) != 0;
        }
    }

    private RawH2(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
        out = new java.io.BufferedOutputStream(socket.getOutputStream());
    }

    static RawH2 client(int port) throws IOException {
        RawH2 raw = new RawH2(new Socket(InetAddress.getLoopbackAddress(), port));
        raw.out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        raw.frame(SETTINGS, 0, 0);
        raw.flush();
        return raw;
    }

    /** Speaks as a server; {@code settings} in pairs of id and value. */
    static RawH2 server(Socket socket, int... settings) throws IOException {
        RawH2 raw = new RawH2(socket);
        raw.in.readNBytes(24);
        byte[] payload = new byte[settings.length / 2 * 6];
        for (int i = 0; i < settings.length / 2; i++) {
            payload[i * 6 + 1] = (byte) settings[i * 2];
            System.arraycopy(number(settings[i * 2 + 1]), 0, payload, i * 6 + 2, 4);
        }
        raw.frame(SETTINGS, 0, 0, payload);
        raw.flush();
        return raw;
    }

    void frame(int type, int flags, int id, byte... payload) throws IOException {
        int length = payload.length;
        out.write(new byte[] {(byte) (length >> 16), (byte) (length >> 8), (byte) length});
        out.write(new byte[] {(byte) type, (byte) flags});
        out.write(number(id));
        out.write(payload);
    }

    void flush() throws IOException {
        out.flush();
    }

    static byte[] number(int value) {
        return new byte[] {
            (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
        };
    }

    /** Literals without indexing and without Huffman's code. */
    static byte[] block(String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            block.write(0);
            literal(block, fields[i]);
            literal(block, fields[i + 1]);
        }
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < 127) {
            block.write(bytes.length);
        } else {
            block.write(127);
            int rest = bytes.length - 127;
            for (; rest >= 128; rest >>= 7) {
                block.write(rest & 127 | 128);
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    void request(int id, boolean last, String method, String... fields) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(
                block(":method", method, ":scheme", "http", ":authority", "a", ":path", "/"));
        block.writeBytes(block(fields));
        frame(HEADERS, END_HEADERS | (last ? END_STREAM : 0), id, block.toByteArray());
        flush();
    }

    /** The next frame, or null at the connection's end. */
    @Nullable Frame next() throws IOException {
        try {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int id = in.readInt() & Integer.MAX_VALUE;
            byte[] payload = new byte[length];
            in.readFully(payload);
            return new Frame(type, flags, id, payload);
        } catch (EOFException | SocketException e) {
            return null;
        }
    }

    /** The next frame of the type, whatever comes before it. */
    Frame await(int type) throws IOException {
        while (true) {
            Frame frame = next();
            if (frame == null) {
                throw new EOFException("the connection ended before a frame of type " + type);
            }
            if (frame.type == type) {
                return frame;
            }
        }
    }

    /** Reads over everything to the connection's end. */
    void awaitEnd() throws IOException {
        while (next() != null) {}
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
