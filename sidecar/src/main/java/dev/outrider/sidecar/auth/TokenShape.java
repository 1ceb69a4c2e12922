package dev.outrider.sidecar.auth;

import java.util.Base64;

/**
 * The compact form of a signed token: three non-empty parts of unpadded base64url with two dots
 * (RFC 7515, sections 2 and 7.1). Only the canonical spelling passes, so that no second text of the
 * same token exists and every base64 decoder reads the same bytes.
 */
record TokenShape(int firstDot, int secondDot) {
    /** Longest token looked at; keeps parsing and the caches bounded. */
    static final int LONGEST = 8 * 1024;

    /** Finds the dots, or refuses with an {@link IllegalArgumentException}. */
    static TokenShape of(String token) {
        if (token.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "the token is longer than " + LONGEST + " characters");
        }
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first < 0 || second < 0 || token.indexOf('.', second + 1) >= 0) {
            throw new IllegalArgumentException("a signed token has three parts with dots between");
        }
        checkPart(token, 0, first);
        checkPart(token, first + 1, second);
        checkPart(token, second + 1, token.length());
        return new TokenShape(first, second);
    }

    byte[] header(String token) {
        return Base64.getUrlDecoder().decode(token.substring(0, firstDot));
    }

    byte[] payload(String token) {
        return Base64.getUrlDecoder().decode(token.substring(firstDot + 1, secondDot));
    }

    private static void checkPart(String token, int start, int end) {
        int last = -1;
        for (int i = start; i < end; i++) {
            last = value(token.charAt(i));
            if (last < 0) {
                throw new IllegalArgumentException("a part holds a character outside base64url");
            }
        }
        // The bits of the last character that belong to no byte must be 0.
        int spare =
                switch ((end - start) % 4) {
                    case 0 -> 0;
                    case 2 -> 0b1111;
                    case 3 -> 0b11;
                    default -> -1;
                };
        if (last < 0 || spare < 0 || (last & spare) != 0) {
            throw new IllegalArgumentException("a part is no canonical base64url");
        }
    }

    private static int value(char c) {
        if (c >= 'A' && c <= 'Z') {
            return c - 'A';
        }
        if (c >= 'a' && c <= 'z') {
            return c - 'a' + 26;
        }
        if (c >= '0' && c <= '9') {
            return c - '0' + 52;
        }
        return c == '-' ? 62 : c == '_' ? 63 : -1;
    }
}
