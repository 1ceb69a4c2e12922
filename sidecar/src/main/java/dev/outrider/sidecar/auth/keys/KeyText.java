package dev.outrider.sidecar.auth.keys;

import dev.outrider.sidecar.http.FieldValue;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/**
 * The form of a key: {@code ork_}, a public id of 12 characters, {@code _}, a secret of 32 and a
 * checksum of 6, all of 0-9, A-Z and a-z. The checksum is the CRC-32 of what stands before it, to
 * the base of 62, lowest digit first: so a key with a typo is told from a wrong one without a look
 * at the store, and a scanner of source code knows a leaked key when it sees one. Pure; any thread.
 *
 * @param id names the key in lists and logs
 * @param text the whole, which is shown once and kept by nobody
 */
record KeyText(String id, String text) {
    static final int LENGTH = 55;
    private static final String PREFIX = "ork_";
    private static final int ID_START = 4;
    private static final int ID_END = 16;
    private static final int CHECKSUM_START = 49;
    private static final String DIGITS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /** A key that nobody has; {@code random} must be one for secrets. */
    static KeyText make(RandomGenerator random) {
        StringBuilder text = new StringBuilder(LENGTH).append(PREFIX);
        append(text, random, ID_END);
        text.append('_');
        append(text, random, CHECKSUM_START);
        long rest = checksum(text.toString().getBytes(StandardCharsets.US_ASCII));
        while (text.length() < LENGTH) {
            text.append(DIGITS.charAt((int) (rest % DIGITS.length())));
            rest /= DIGITS.length();
        }
        return new KeyText(text.substring(ID_START, ID_END), text.toString());
    }

    private static void append(StringBuilder text, RandomGenerator random, int end) {
        while (text.length() < end) {
            text.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
    }

    /** Whether its form and checksum are right; then {@code bytes} are its bytes. */
    static boolean isWellFormed(FieldValue key, byte[] bytes) {
        if (key.length() != LENGTH || !key.startsWith(PREFIX, 0)) {
            return false;
        }
        for (int i = ID_START; i < LENGTH; i++) {
            int c = key.at(i);
            boolean wanted = i == ID_END ? c == '_' : isDigit(c);
            if (!wanted) {
                return false;
            }
        }
        key.copyTo(bytes);
        long rest = checksum(bytes);
        for (int i = CHECKSUM_START; i < LENGTH; i++) {
            if (bytes[i] != DIGITS.charAt((int) (rest % DIGITS.length()))) {
                return false;
            }
            rest /= DIGITS.length();
        }
        return true;
    }

    /** The id of a well-formed key, where it stands. */
    static FieldValue id(FieldValue key) {
        return key.part(ID_START, ID_END);
    }

    static boolean isId(String text) {
        return text.length() == ID_END - ID_START && text.chars().allMatch(KeyText::isDigit);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
    }

    private static long checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, CHECKSUM_START);
        return crc.getValue();
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return PREFIX + id + "_…";
    }
}
