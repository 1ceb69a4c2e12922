package dev.outrider.certs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;

/**
 * The blocks of RFC 7468 text. Read here and not by Bouncy Castle, because every start of a sidecar
 * reads some: Bouncy Castle's jars are signed, so the JVM verifies their signatures before their
 * first class and keeps none of their classes in its cache. A sidecar has them not on its class
 * path: of this module it may use only what needs none of them.
 */
final class PemBlocks {
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    private PemBlocks() {}

    /** One block; not a record, since its bytes are no value. */
    static final class Block {
        private final String type;
        private final boolean encrypted;
        private final byte[] der;

        private Block(String type, boolean encrypted, byte[] der) {
            this.type = type;
            this.encrypted = encrypted;
            this.der = der;
        }

        /** What stands behind BEGIN. */
        String type() {
            return type;
        }

        /** Whether its headers (RFC 1421) say that what it holds is encrypted. */
        boolean encrypted() {
            return encrypted;
        }

        byte[] der() {
            return der.clone();
        }
    }

    /** All blocks in their order; text around them is skipped. */
    static List<Block> of(String pem) {
        List<Block> blocks = new ArrayList<>();
        Iterator<String> lines = Arrays.asList(pem.split("\n", -1)).iterator();
        while (lines.hasNext()) {
            String line = lines.next().strip();
            if (line.startsWith(BEGIN) && line.endsWith(DASHES) && line.length() > BEGIN.length()) {
                String type =
                        line.substring(
                                BEGIN.length(),
                                Math.max(BEGIN.length(), line.length() - DASHES.length()));
                blocks.add(block(type, lines));
            }
        }
        return blocks;
    }

    private static Block block(String type, Iterator<String> lines) {
        String end = END + type + DASHES;
        StringBuilder base64 = new StringBuilder();
        boolean encrypted = false;
        while (lines.hasNext()) {
            String line = lines.next().strip();
            if (line.equals(end)) {
                return new Block(type, encrypted, decoded(base64.toString()));
            }
            if (line.indexOf(':') < 0) {
                base64.append(line);
            } else {
                encrypted |= line.contains("ENCRYPTED");
            }
        }
        throw new IllegalArgumentException("is not valid PEM: " + end + " not found");
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is not valid PEM: " + e.getMessage(), e);
        }
    }
}
