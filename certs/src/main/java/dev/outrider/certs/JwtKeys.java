package dev.outrider.certs;

import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The token signing keys at one time, oldest first: an immutable value that {@link #rotated} turns
 * into the next. A key is published before it signs and stays published until the last token it
 * signed has ended and every reader had time to notice:
 *
 * <pre>
 *   published:  |--- hint ---|====== signs ======|--- longest token + hint ---|
 *   next key:                        |--- hint ---|====== signs ======|- …
 * </pre>
 *
 * @param sequence grows by one with every change, for SPIFFE's {@code spiffe_sequence}
 */
public record JwtKeys(long sequence, List<JwtKey> keys) {
    /** One key with the span in which it signs. */
    public record JwtKey(
            String kid,
            JwtAlgorithm algorithm,
            KeyPair pair,
            Instant signsFrom,
            Instant signsUntil) {
        boolean signsAt(Instant now) {
            return !now.isBefore(signsFrom) && now.isBefore(signsUntil);
        }

        JwtVerificationKey published() {
            return new JwtVerificationKey(kid, algorithm, pair.getPublic());
        }

        @Override
        public String toString() {
            return "JwtKey[" + kid + ", " + signsFrom + " to " + signsUntil + "]";
        }
    }

    /**
     * When keys change.
     *
     * @param period how long a key signs
     * @param refreshHint how long a reader may keep a JWKS document
     */
    public record Schedule(JwtAlgorithm algorithm, Duration period, Duration refreshHint) {
        public static final Schedule DEFAULTS =
                new Schedule(JwtAlgorithm.ES256, Duration.ofHours(24), Duration.ofMinutes(5));

        public Schedule {
            if (refreshHint.isNegative() || refreshHint.isZero()) {
                throw new IllegalArgumentException("the refresh hint must be above zero");
            }
            if (period.compareTo(refreshHint.multipliedBy(2)) < 0) {
                throw new IllegalArgumentException(
                        "a signing key must serve at least twice the refresh hint of "
                                + LifeTime.show(refreshHint));
            }
        }

        private Duration overlap() {
            return JwtSvids.LONGEST_TTL.plus(refreshHint);
        }
    }

    public static final JwtKeys NONE = new JwtKeys(0, List.of());

    public JwtKeys {
        keys = List.copyOf(keys);
    }

    /** The same value when nothing is due, so that a caller can see whether to write it down. */
    public JwtKeys rotated(Schedule schedule, Instant now, SecureRandom random) {
        List<JwtKey> next = new ArrayList<>();
        for (JwtKey key : keys) {
            if (now.isBefore(key.signsUntil().plus(schedule.overlap()))) {
                next.add(key);
            }
        }
        boolean signing = next.stream().anyMatch(key -> key.signsAt(now));
        boolean soon =
                next.stream()
                        .anyMatch(
                                key -> key.signsUntil().isAfter(now.plus(schedule.refreshHint())));
        if (!signing) {
            // First start, or the authority was down for longer than a key serves. Readers meet an
            // unknown kid and fetch again.
            next.add(fresh(schedule, now, random));
        } else if (!soon || next.getLast().algorithm() != schedule.algorithm()) {
            Instant ends = next.getLast().signsUntil();
            Instant published = now.plus(schedule.refreshHint());
            Instant starts = ends.isBefore(published) ? ends : published;
            closeAt(next, starts);
            next.add(fresh(schedule, starts, random));
        }
        return next.equals(keys) ? this : new JwtKeys(sequence + 1, next);
    }

    /** The key that signs now; there is one after {@link #rotated}. */
    JwtKey signer(Instant now) {
        return keys.reversed().stream()
                .filter(key -> key.signsAt(now))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("no token signing key serves at " + now));
    }

    /** Every key a reader may meet in a token, newest last. */
    public List<JwtVerificationKey> published() {
        return keys.stream().map(JwtKey::published).toList();
    }

    private static void closeAt(List<JwtKey> keys, Instant end) {
        keys.replaceAll(key ->
                key.signsUntil().isAfter(end) && key.signsFrom().isBefore(end)
                        ? new JwtKey(key.kid(), key.algorithm(), key.pair(), key.signsFrom(), end)
                        : key);
    }

    private static JwtKey fresh(Schedule schedule, Instant from, SecureRandom random) {
        KeyPair pair = schedule.algorithm().keys().generate(random);
        return new JwtKey(
                JwkDocuments.thumbprint(pair.getPublic()),
                schedule.algorithm(),
                pair,
                from,
                from.plus(schedule.period()));
    }
}
