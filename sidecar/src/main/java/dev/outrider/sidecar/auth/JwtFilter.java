package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.FieldValue;
import dev.outrider.sidecar.http.Headers;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request through only with a token that holds, notes the caller, and takes the token away
 * before the app sees it. A token seen before costs one map look-up; deny list and peer are checked
 * every time. A new one is verified on the loop, which takes about as long as a few requests do; an
 * unknown key is awaited while the keys are fetched.
 */
public final class JwtFilter implements RequestFilter {
    private final JwtConfig config;
    private final Jwks jwks;
    private final @Nullable DenyList denyList;
    private final TokenVerifier verifier;
    private final TokenCache cache;
    private final LongAdder hits = new LongAdder();
    private final LongAdder verifications = new LongAdder();
    private final LongAdder awaited = new LongAdder();
    private final LongAdder noKeys = new LongAdder();
    private final ReasonCounts<TokenRefusal> refused = new ReasonCounts<>(TokenRefusal.class);

    /** {@code jwks} and {@code denyList} are the caller's to start and to close. */
    public JwtFilter(
            JwtConfig config, Jwks jwks, @Nullable DenyList denyList, InstantSource clock) {
        this.config = config;
        this.jwks = jwks;
        this.denyList = denyList;
        this.verifier = new TokenVerifier(config.rules(), clock);
        this.cache = new TokenCache(config.cacheSize(), clock);
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Headers headers = exchange.request().headers();
        String name = config.header().name();
        if (headers.count(name) > 1) {
            return refuse(TokenRefusal.MALFORMED, "more than one field '" + name + "'");
        }
        FieldValue field = config.header().read(headers);
        if (field == null) {
            return config.required()
                    ? refuse(TokenRefusal.MISSING, "no token in field '" + name + "'")
                    : Verdict.CONTINUE;
        }
        if (field.length() > TokenShape.LONGEST) {
            return refuse(
                    TokenRefusal.MALFORMED,
                    "a token of " + field.length() + " characters is too long");
        }
        KeySet keys = jwks.current();
        if (keys == null) {
            return await(exchange, field.toString(), null);
        }
        TokenResult.Verified known = cache.verified(field, keys);
        if (known != null) {
            hits.increment();
            return admit(exchange, known);
        }
        String token = field.toString();
        TokenCache.Bad bad = cache.refused(token, keys);
        if (bad != null) {
            refused.add(bad.why());
            return bad.verdict();
        }
        return verify(exchange, token, keys, true);
    }

    private Verdict verify(Exchange exchange, String token, KeySet keys, boolean mayFetch) {
        verifications.increment();
        return switch (verifier.verify(token, keys)) {
            case TokenResult.Verified verified -> {
                cache.put(token, keys, verified);
                yield admit(exchange, verified);
            }
            case TokenResult.Refused no -> {
                Verdict refusal = refuse(no.why(), no.detail());
                cache.put(token, keys, new TokenCache.Bad(no.why(), refusal));
                yield refusal;
            }
            case TokenResult.UnknownKey unknown ->
                    mayFetch
                            ? await(exchange, token, unknown)
                            : refuse(TokenRefusal.UNKNOWN_KEY, unknown.detail());
        };
    }

    /** What cannot be cached with the token: who sends it, and whether it was called off. */
    private Verdict admit(Exchange exchange, TokenResult.Verified verified) {
        if (denyList != null && denyList.denies(verified.caller())) {
            return refuse(
                    TokenRefusal.DENIED,
                    "token id '" + verified.caller().tokenId() + "' is on the deny list");
        }
        if (config.subjectIsPeer()
                && (verified.subject() == null
                        || !verified.subject().equals(exchange.peer().id()))) {
            return refuse(
                    TokenRefusal.SUBJECT_MISMATCH,
                    "the token is of "
                            + verified.caller().subject()
                            + " but came from "
                            + exchange.peer().id());
        }
        exchange.caller(verified.caller());
        exchange.request().headers().removeSpellings(config.header().name());
        return Verdict.CONTINUE;
    }

    private Verdict await(
            Exchange exchange, String token, TokenResult.@Nullable UnknownKey unknown) {
        CompletableFuture<Boolean> fetch = jwks.refetch();
        if (fetch == null) {
            return unknown == null
                    ? notReady()
                    : refuse(TokenRefusal.UNKNOWN_KEY, unknown.detail());
        }
        awaited.increment();
        // On the loop, since the exchange is touched there only.
        return new Verdict.Await(
                fetch.handleAsync(
                        (fetched, error) -> afterFetch(exchange, token), exchange.stream().loop()));
    }

    private Verdict afterFetch(Exchange exchange, String token) {
        KeySet keys = jwks.current();
        return keys == null ? notReady() : verify(exchange, token, keys, false);
    }

    /** Not the caller's fault, so no 401: its token may be perfectly good. */
    private Verdict notReady() {
        noKeys.increment();
        return new Verdict.Reject(
                new Failure.NotReady(
                        "token-keys-unavailable",
                        "the keys that tokens are verified with were never fetched: "
                                + jwks.status().lastError()));
    }

    private Verdict refuse(TokenRefusal why, String detail) {
        refused.add(why);
        return new Verdict.Reject(why.because(detail));
    }

    /**
     * For metrics.
     *
     * @param hits requests let in or refused by a remembered good token
     * @param verifications tokens whose signature was looked at
     * @param awaited requests that waited for keys
     * @param noKeys requests refused because no keys were ever fetched
     * @param remembered good tokens in the cache now
     * @param refused by reason
     */
    public record Counts(
            long hits,
            long verifications,
            long awaited,
            long noKeys,
            int remembered,
            Map<TokenRefusal, Long> refused) {}

    public Counts counts() {
        return new Counts(
                hits.sum(),
                verifications.sum(),
                awaited.sum(),
                noKeys.sum(),
                cache.size(),
                refused.sums());
    }
}
