package dev.outrider.sidecar.limit;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Whom a request counts for, as ASCII text such as {@code client=192.0.2.7,user=alice@idp}: the
 * same text in every instance, for Redis and for the admin. Values are escaped like a URL's, so
 * that no value can pass for another or leave the hash tag, and long ones are hashed, so that no
 * client decides how much is remembered. Used again and again by one thread.
 */
final class KeyText {
    private static final int LONGEST_VALUE = 128;
    private static final String PLAIN = "-._:/+@";
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = new byte[256];
    private int length;

    void clear() {
        length = 0;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Begins a part. */
    void part(String name) {
        if (length > 0) {
            put(',');
        }
        for (int i = 0; i < name.length(); i++) {
            put(name.charAt(i));
        }
        put('=');
    }

    void value(String value) {
        if (value.length() > LONGEST_VALUE) {
            hashed(value);
            return;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c >= 128) {
                beyondAscii(value.substring(i));
                return;
            }
            escaped(c);
        }
    }

    /** Two values as one; neither can hold the sign between them. */
    void value(String value, String of) {
        value(value);
        put('*');
        value(of);
    }

    private void hashed(String value) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] digest = sha256.digest(value.getBytes(StandardCharsets.UTF_8));
            String hex = HexFormat.of().formatHex(digest);
            put('#');
            for (int i = 0; i < hex.length(); i++) {
                put(hex.charAt(i));
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private void beyondAscii(String rest) {
        for (byte b : rest.getBytes(StandardCharsets.UTF_8)) {
            escaped(b & 0xff);
        }
    }

    private void escaped(int c) {
        boolean plain =
                c >= 'a' && c <= 'z'
                        || c >= 'A' && c <= 'Z'
                        || c >= '0' && c <= '9'
                        || PLAIN.indexOf(c) >= 0;
        if (plain) {
            put(c);
        } else {
            put('%');
            put(HEX[c >> 4]);
            put(HEX[c & 15]);
        }
    }

    /** An IPv4 address, or the network of an IPv6 address, since hosts choose among 2^64. */
    void address(InetAddress address, int ipv6Prefix) {
        if (address instanceof Inet4Address four) {
            ipv4(four);
            return;
        }
        byte[] raw = address.getAddress();
        int whole = (ipv6Prefix + 15) / 16;
        for (int group = 0; group < whole; group++) {
            int kept = Math.min(16, ipv6Prefix - 16 * group);
            int value = (raw[2 * group] & 0xff) << 8 | raw[2 * group + 1] & 0xff;
            value &= 0xffff << 16 - kept;
            for (int shift = 12; shift >= 0; shift -= 4) {
                put(HEX[value >> shift & 15]);
            }
            put(':');
        }
        put('/');
        number(ipv6Prefix);
    }

    /** With fixed indexes, so that the compiler needs no array. */
    private void ipv4(Inet4Address address) {
        byte[] raw = address.getAddress();
        int first = raw[0] & 0xff;
        int second = raw[1] & 0xff;
        int third = raw[2] & 0xff;
        int fourth = raw[3] & 0xff;
        number(first);
        put('.');
        number(second);
        put('.');
        number(third);
        put('.');
        number(fourth);
    }

    private void number(int number) {
        if (number >= 100) {
            put('0' + number / 100);
        }
        if (number >= 10) {
            put('0' + number / 10 % 10);
        }
        put('0' + number % 10);
    }

    private void put(int c) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * length);
        }
        bytes[length++] = (byte) c;
    }

    /** Takes over a text that an operator gave. */
    void set(String text) {
        clear();
        for (int i = 0; i < text.length(); i++) {
            put(text.charAt(i));
        }
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.US_ASCII);
    }
}
