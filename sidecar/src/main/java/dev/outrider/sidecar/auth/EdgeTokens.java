package dev.outrider.sidecar.auth;

import dev.outrider.certs.Json;
import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.http.FieldValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Judges tokens of several issuers. The issuer is chosen by the token's own {@code iss}, which
 * nobody has verified then, so it decides about nothing but whose rules and keys the token must
 * satisfy; a token that names A and is signed by B fails with A's keys. A token seen before costs
 * one look-up of its bytes, and the deny list is asked every time.
 *
 * <p>Any loop; the key sets and the deny list are the caller's to start and to close.
 */
public final class EdgeTokens {
    private static final int BAD_TOKENS = 256;
    private static final Duration BAD_FOR = Duration.ofSeconds(2);

    /** Entries of the caches hold for whatever reason they were made; keys are compared apart. */
    private static final Object ALWAYS = new Object();

    private final Map<String, Issuer> byIss = new LinkedHashMap<>();
    private final @Nullable DenyList denyList;
    private final InstantSource clock;
    private final ExpiringCache<FieldValue, Good> good;
    private final ExpiringCache<String, TokenOutcome.Refused> bad = new ExpiringCache<>(BAD_TOKENS);
    private final LongAdder hits = new LongAdder();
    private final LongAdder verifications = new LongAdder();
    private final LongAdder awaited = new LongAdder();
    private final LongAdder notReady = new LongAdder();
    private final ReasonCounts<TokenRefusal> refused = new ReasonCounts<>(TokenRefusal.class);

    /**
     * @param keys of each issuer of the configuration, by its name there
     */
    public EdgeTokens(
            EdgeJwtConfig config,
            Map<String, Jwks> keys,
            @Nullable DenyList denyList,
            InstantSource clock) {
        config.issuers()
                .forEach((name, issuer) -> {
                    Jwks jwks = keys.get(name);
                    if (jwks == null) {
                        throw new IllegalArgumentException("no keys for issuer " + name);
                    }
                    TokenVerifier verifier = new TokenVerifier(issuer.rules(), clock);
                    byIss.put(issuer.issuer(), new Issuer(name, issuer, jwks, verifier));
                });
        this.denyList = denyList;
        this.clock = clock;
        this.good = new ExpiringCache<>(config.cacheSize());
    }

    private record Issuer(String name, IssuerConfig config, Jwks jwks, TokenVerifier verifier) {}

    /** A token that held with these keys. */
    private record Good(TokenOutcome.Accepted outcome, Issuer issuer, KeySet keys) {}

    /** Where the issuers of these names have their tokens, each place once. */
    public List<TokenSource> sources(Iterable<String> names) {
        List<TokenSource> sources = new ArrayList<>();
        for (String name : names) {
            for (Issuer issuer : byIss.values()) {
                if (issuer.name.equals(name) && !sources.contains(issuer.config.source())) {
                    sources.add(issuer.config.source());
                }
            }
        }
        return List.copyOf(sources);
    }

    /**
     * What to make of a token; {@code loop} is where a late outcome completes. The bytes of {@code
     * field} are not kept.
     */
    public TokenOutcome judge(FieldValue field, Executor loop) {
        if (field.length() > TokenShape.LONGEST) {
            return refuse(
                    TokenRefusal.MALFORMED,
                    "a token of " + field.length() + " characters is too long");
        }
        if (denyList != null && !denyList.known()) {
            notReady.increment();
            return new TokenOutcome.NotReady(
                    "deny-list-unavailable", "the deny list was never read");
        }
        Good known = good.get(field, ALWAYS, clock.millis());
        if (known != null && known.keys == known.issuer.jwks.current()) {
            hits.increment();
            return admit(known.outcome);
        }
        String token = field.toString();
        TokenOutcome.Refused same = bad.get(token, ALWAYS, clock.millis());
        if (same != null) {
            refused.add(same.why());
            return same;
        }
        return first(token, loop);
    }

    /** A token not seen before. */
    private TokenOutcome first(String token, Executor loop) {
        Issuer issuer;
        try {
            String named = issuer(token);
            issuer = byIss.get(named);
            if (issuer == null) {
                return remember(
                        token, refuse(TokenRefusal.ISSUER, "issuer '" + named + "' is not known"));
            }
        } catch (IllegalArgumentException e) {
            return remember(token, refuse(TokenRefusal.MALFORMED, String.valueOf(e.getMessage())));
        }
        KeySet keys = issuer.jwks.current();
        return keys == null ? await(token, issuer, null, loop) : verify(token, issuer, keys, loop);
    }

    /** What the token says of its issuer; only ever a key of {@link #byIss}. */
    private static String issuer(String token) {
        TokenShape shape = TokenShape.of(token);
        Object named =
                Json.object(new String(shape.payload(token), StandardCharsets.UTF_8)).get("iss");
        if (!(named instanceof String text)) {
            throw new IllegalArgumentException("the token names no issuer");
        }
        return text;
    }

    /** Without a loop to wait on, an unknown key is final. */
    private TokenOutcome verify(String token, Issuer issuer, KeySet keys, @Nullable Executor loop) {
        verifications.increment();
        return switch (issuer.verifier.verify(token, keys)) {
            case TokenResult.Verified it -> {
                Caller caller = issuer.config.claims().normal(it.caller());
                TokenOutcome.Accepted accepted =
                        new TokenOutcome.Accepted(caller, issuer.name, issuer.config.source());
                good.put(
                        FieldValue.of(token),
                        new Good(accepted, issuer, keys),
                        ALWAYS,
                        it.untilMillis());
                yield admit(accepted);
            }
            case TokenResult.Refused it -> remember(token, refuse(it.why(), it.detail()));
            case TokenResult.UnknownKey it ->
                    loop == null
                            ? refuse(TokenRefusal.UNKNOWN_KEY, it.detail())
                            : await(token, issuer, it, loop);
        };
    }

    private TokenOutcome admit(TokenOutcome.Accepted accepted) {
        if (denyList != null && denyList.denies(accepted.caller())) {
            return refuse(
                    TokenRefusal.DENIED,
                    "token id '" + accepted.caller().tokenId() + "' is on the deny list");
        }
        return accepted;
    }

    private TokenOutcome await(
            String token, Issuer issuer, TokenResult.@Nullable UnknownKey unknown, Executor loop) {
        CompletableFuture<Boolean> fetch = issuer.jwks.refetch();
        if (fetch == null) {
            return unknown == null
                    ? noKeys(issuer)
                    : refuse(TokenRefusal.UNKNOWN_KEY, unknown.detail());
        }
        awaited.increment();
        return new TokenOutcome.Later(
                fetch.handleAsync(
                        (fetched, error) -> {
                            KeySet keys = issuer.jwks.current();
                            return keys == null
                                    ? noKeys(issuer)
                                    : verify(token, issuer, keys, null);
                        },
                        loop));
    }

    /** Not the caller's fault: his token may be perfectly good. */
    private TokenOutcome noKeys(Issuer issuer) {
        notReady.increment();
        return new TokenOutcome.NotReady(
                "token-keys-unavailable",
                "the keys of issuer "
                        + issuer.name
                        + " were never fetched: "
                        + issuer.jwks.status().lastError());
    }

    /** Few and briefly: a flood of one bad token is cheap, and pushes no good one out. */
    private TokenOutcome remember(String token, TokenOutcome.Refused refusal) {
        bad.put(token, refusal, ALWAYS, clock.millis() + BAD_FOR.toMillis());
        return refusal;
    }

    private TokenOutcome.Refused refuse(TokenRefusal why, String detail) {
        refused.add(why);
        return new TokenOutcome.Refused(why, detail);
    }

    /**
     * For metrics.
     *
     * @param hits requests with a remembered good token
     * @param verifications tokens whose signature was looked at
     * @param awaited requests that waited for keys
     * @param notReady requests refused because keys or deny list were never read
     * @param remembered good tokens in the cache now
     * @param refused by reason
     */
    public record Counts(
            long hits,
            long verifications,
            long awaited,
            long notReady,
            int remembered,
            Map<TokenRefusal, Long> refused) {}

    public Counts counts() {
        return new Counts(
                hits.sum(),
                verifications.sum(),
                awaited.sum(),
                notReady.sum(),
                good.size(),
                refused.sums());
    }
}
