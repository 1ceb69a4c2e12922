package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.FieldValue;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What is known of whole tokens, so that the next request with the same one costs a look-up. Every
 * result is bound to the key set it was computed with and is forgotten with it. Bad tokens are
 * remembered apart, few and briefly: enough to make a flood of one cheap, and no flood of them can
 * push a good one out.
 */
final class TokenCache {
    private static final int BAD_TOKENS = 256;
    private static final Duration BAD_FOR = Duration.ofSeconds(2);

    private final InstantSource clock;
    private final ExpiringCache<FieldValue, TokenResult.Verified> good;
    private final ExpiringCache<String, Bad> bad = new ExpiringCache<>(BAD_TOKENS);

    TokenCache(int size, InstantSource clock) {
        this.clock = clock;
        this.good = new ExpiringCache<>(size);
    }

    /** Costs no String of the token, which is by far the longest field of a head. */
    TokenResult.@Nullable Verified verified(FieldValue token, KeySet keys) {
        return good.get(token, keys, clock.millis());
    }

    /** A refusal kept ready to be given again. */
    record Bad(TokenRefusal why, Verdict verdict) {}

    @Nullable Bad refused(String token, KeySet keys) {
        return bad.get(token, keys, clock.millis());
    }

    void put(String token, KeySet keys, TokenResult.Verified result) {
        good.put(FieldValue.of(token), result, keys, result.untilMillis());
    }

    void put(String token, KeySet keys, Bad refusal) {
        bad.put(token, refusal, keys, clock.millis() + BAD_FOR.toMillis());
    }

    int size() {
        return good.size();
    }
}
