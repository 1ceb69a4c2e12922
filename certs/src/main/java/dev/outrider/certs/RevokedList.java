package dev.outrider.certs;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;

/**
 * What is revoked: one a line, {@code #} for comments. A line is a SPIFFE id, the SHA-256 of a
 * certificate in hex, or a certificate's serial number in hex, the last two with or without colons.
 * Peers refuse it in handshakes, and the authority signs nothing for it.
 *
 * @param unread lines that are none of these; the others hold all the same
 */
public record RevokedList(
        Set<String> ids, Set<String> hashes, Set<BigInteger> serials, List<String> unread) {
    public static final RevokedList EMPTY =
            new RevokedList(Set.of(), Set.of(), Set.of(), List.of());
    private static final int MOST_TOLD = 20;
    private static final int LONGEST_TOLD = 120;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{1,40}");
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    public RevokedList {
        ids = Set.copyOf(ids);
        hashes = Set.copyOf(hashes);
        serials = Set.copyOf(serials);
        unread = List.copyOf(unread);
    }

    public static RevokedList parse(String text) {
        Set<String> ids = new HashSet<>();
        Set<String> hashes = new HashSet<>();
        Set<BigInteger> serials = new HashSet<>();
        List<String> unread = new ArrayList<>();
        for (String raw : text.split("\n", -1)) {
            int comment = raw.indexOf('#');
            String line = (comment < 0 ? raw : raw.substring(0, comment)).strip();
            String hex = line.replace(":", "").toLowerCase(Locale.ROOT);
            if (isId(line)) {
                ids.add(line);
            } else if (SHA_256.matcher(hex).matches()) {
                hashes.add(hex);
            } else if (HEX.matcher(hex).matches()) {
                serials.add(new BigInteger(hex, 16));
            } else if (!line.isEmpty()) {
                unread.add(line);
            }
        }
        return new RevokedList(ids, hashes, serials, unread);
    }

    /** A pattern or a misspelt id would match nobody, and must be told of. */
    private static boolean isId(String line) {
        try {
            return line.startsWith("spiffe://") && !SpiffeId.parse(line).toString().endsWith("*");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    public int size() {
        return ids.size() + hashes.size() + serials.size();
    }

    /** Says in a log what {@code source} revokes now, and which of its lines revoke nothing. */
    public void tell(Logger log, String source) {
        log.info("{} revokes {} identities and certificates", source, size());
        for (String line : unread.subList(0, Math.min(unread.size(), MOST_TOLD))) {
            log.warn(
                    "{}: '{}' is neither a SPIFFE id nor a serial number or SHA-256 in hex, and"
                            + " revokes nothing",
                    source,
                    line.substring(0, Math.min(line.length(), LONGEST_TOLD))
                            .replaceAll("\\p{Cntrl}", "?"));
        }
    }

    /** All that either of the two revokes. */
    public RevokedList and(RevokedList other) {
        return new RevokedList(
                union(ids, other.ids),
                union(hashes, other.hashes),
                union(serials, other.serials),
                List.of());
    }

    private static <T> Set<T> union(Set<T> one, Set<T> other) {
        Set<T> both = new HashSet<>(one);
        both.addAll(other);
        return both;
    }

    /** Whether somebody of that id, and with these certificates if any, is refused. */
    public boolean holds(SpiffeId id, List<X509Certificate> chain) {
        return size() > 0 && holds(Subject.of(id, chain));
    }

    public boolean holds(Subject subject) {
        return ids.contains(subject.id)
                || subject.hashes.stream().anyMatch(hashes::contains)
                || subject.serials.stream().anyMatch(serials::contains);
    }

    /** Whom a connection rests on: an id, and the certificates of its chain. */
    public record Subject(String id, List<String> hashes, List<BigInteger> serials) {
        public static Subject of(SpiffeId id, List<X509Certificate> chain) {
            return new Subject(
                    id.toString(),
                    chain.stream().map(Subject::sha256).toList(),
                    chain.stream().map(X509Certificate::getSerialNumber).toList());
        }

        public static String sha256(X509Certificate certificate) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                return HexFormat.of().formatHex(digest.digest(certificate.getEncoded()));
            } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
                throw new IllegalStateException("a verified certificate without a hash", e);
            }
        }
    }
}
