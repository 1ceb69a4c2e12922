package dev.outrider.sidecar.limit;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One window of one limit, ready for use.
 *
 * @param policy its name for clients
 * @param rule how it is counted, here or in Redis
 * @param lease what of it is held here, null unless its policy is leased
 * @param denial what Redis has refused lately
 * @param saltHigh with {@code saltLow} makes the hash of a key one of this quota's own
 * @param redisPrefix what its keys in Redis begin with
 * @param policyField its member of the RateLimit-Policy field
 */
record Quota(
        Limit limit,
        String policy,
        Rule rule,
        @Nullable Lease lease,
        Denial denial,
        long saltHigh,
        long saltLow,
        String redisPrefix,
        String policyField) {
    /** Sets the local stand-in for a leased quota apart from the lease. */
    private static final long GUARD = 0x5bd1e9955bd1e995L;

    /**
     * The counts of a quota outlive its configuration as long as limit, algorithm and window stay;
     * a bucket's also depend on its rate, since that is what they are counted in.
     */
    static Quota of(Limit limit, QuotaConfig.Window window, Rule rule, String tag, Hash128 hash) {
        String identity =
                limit.name()
                        + ":"
                        + rule.code()
                        + ":"
                        + rule.windowMicros()
                        + (rule.unit() == 0 ? "" : "x" + rule.unit() + "x" + rule.gain())
                        + ":";
        Ask.Key salt = new Ask.Key();
        byte[] bytes = identity.getBytes(StandardCharsets.US_ASCII);
        hash.of(bytes, bytes.length, salt);
        boolean leased = limit.config().policy() == LimitConfig.Policy.LEASED;
        long batch = Math.max(1, (long) (rule.limit() * limit.config().leaseShare()));
        String policy = limit.name() + "-" + window.name();
        return new Quota(
                limit,
                policy,
                rule,
                leased ? new Lease(rule, batch) : null,
                new Denial(rule),
                salt.high,
                salt.low,
                "{" + tag + "}:" + identity,
                policyField(policy, rule));
    }

    /** A bucket promises its capacity in the time that fills it. */
    private static String policyField(String policy, Rule rule) {
        long micros =
                rule instanceof Bucket bucket
                        ? Rule.ceil(bucket.limit() * bucket.unit(), bucket.gain())
                        : rule.windowMicros();
        String field = '"' + policy + "\";q=" + rule.limit();
        return micros < 1_000_000 ? field : field + ";w=" + Rule.ceil(micros, 1_000_000);
    }

    long high(long keyHigh) {
        return keyHigh ^ saltHigh;
    }

    long low(long keyLow) {
        return keyLow ^ saltLow;
    }

    /** Where the stand-in for a lease's Redis counts. */
    KeyId guardOf(KeyId lease) {
        return new KeyId(lease.high() ^ GUARD, lease.low() ^ GUARD);
    }

    /** How far apart requests of that cost are when they come evenly. */
    long spacing(int cost) {
        return rule instanceof Bucket bucket
                ? Rule.ceil(cost * bucket.unit(), bucket.gain())
                : Rule.ceil(cost * rule.windowMicros(), rule.limit());
    }
}
