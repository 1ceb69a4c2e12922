package dev.outrider.certs;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** As much of DER (X.690) as keys and signing requests take. */
final class Der {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    /** [0] of whatever it stands in, constructed. */
    static final int FIRST = 0xa0;

    private static final int LONG_FORM = 0x80;

    /** Of the octets of a length: 16 MB, more than any key or request has. */
    private static final int MOST_OCTETS = 3;

    private Der() {}

    /** One element around {@code parts}. */
    static byte[] element(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream der = new ByteArrayOutputStream(length + 5);
        der.write(tag);
        if (length >= LONG_FORM) {
            int octets = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
            der.write(LONG_FORM | octets);
            for (int shift = 8 * (octets - 1); shift > 0; shift -= 8) {
                der.write(length >> shift);
            }
        }
        der.write(length);
        for (byte[] part : parts) {
            der.writeBytes(part);
        }
        return der.toByteArray();
    }

    /**
     * The content of the next element of {@code from}, which is behind it afterwards; an {@link
     * IllegalArgumentException} if it has another tag or is cut short.
     */
    static ByteBuffer content(ByteBuffer from, int tag) {
        if (from.remaining() < 2 || (from.get() & 0xff) != tag) {
            throw broken();
        }
        int length = from.get() & 0xff;
        if (length >= LONG_FORM) {
            int octets = length - LONG_FORM;
            if (octets > MOST_OCTETS || octets > from.remaining()) {
                throw broken();
            }
            length = 0;
            for (int i = 0; i < octets; i++) {
                length = length << 8 | from.get() & 0xff;
            }
        }
        if (length > from.remaining()) {
            throw broken();
        }
        ByteBuffer content = from.slice(from.position(), length);
        from.position(from.position() + length);
        return content;
    }

    /** Elements that are always the same. */
    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static IllegalArgumentException broken() {
        return new IllegalArgumentException("holds broken DER");
    }
}
