package dev.outrider.sidecar.soak;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** A whole message in one frame of less than 64 KiB (RFC 6455, section 5.2). */
record WebSocketFrame(int opcode, byte[] payload) {
    static final int BINARY = 2;
    static final int CLOSE = 8;
    private static final int LONG = 126;
    private static final byte[] MASK = {1, 2, 3, 4};

    static String accept(String key) {
        try {
            byte[] text =
                    (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                            .getBytes(StandardCharsets.US_ASCII);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static WebSocketFrame read(InputStream stream) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        int opcode = in.readUnsignedByte() & 15;
        int second = in.readUnsignedByte();
        int length = second & 127;
        if (length == LONG) {
            length = in.readUnsignedShort();
        }
        byte[] mask = new byte[4];
        if ((second & 128) != 0) {
            in.readFully(mask);
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        return new WebSocketFrame(opcode, masked(payload, mask));
    }

    void write(OutputStream out, boolean client) throws IOException {
        out.write(128 | opcode);
        int bit = client ? 128 : 0;
        if (payload.length < LONG) {
            out.write(bit | payload.length);
        } else {
            out.write(bit | LONG);
            out.write(payload.length >> 8);
            out.write(payload.length);
        }
        if (client) {
            out.write(MASK);
            out.write(masked(payload, MASK));
        } else {
            out.write(payload);
        }
    }

    private static byte[] masked(byte[] payload, byte[] mask) {
        byte[] result = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            result[i] = (byte) (payload[i] ^ mask[i & 3]);
        }
        return result;
    }
}
