package dev.outrider.sidecar.auth.edge;

import dev.outrider.sidecar.auth.EdgeTokens;
import dev.outrider.sidecar.auth.TokenOutcome;
import dev.outrider.sidecar.auth.TokenRefusal;
import dev.outrider.sidecar.auth.TokenSource;
import dev.outrider.sidecar.auth.keys.ApiKeys;
import dev.outrider.sidecar.auth.keys.ApiKeysConfig;
import dev.outrider.sidecar.auth.keys.KeyOutcome;
import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.FieldValue;
import dev.outrider.sidecar.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who calls a route. A request shows one token or API key at most, of the kinds that the
 * route accepts, else it is refused: whichever was believed, somebody would be mistaken. A client's
 * certificate comes with the connection, so it stands back behind either. What is bad is refused
 * also where nothing would have been needed.
 *
 * <p>The credentials are taken out before the service behind sees them, unless the route keeps
 * them.
 */
public final class EdgeAuthFilter implements RequestFilter {
    /** What callers with a certificate are issued by. */
    static final String CERTIFICATE = "client-certificate";

    private static final String API_KEY = "api-key";
    private static final String AUTHORIZATION = "authorization";
    private static final String KEY_PREFIX = ApiKeysConfig.SCHEME + " ";

    private final RouteAuthConfig route;
    private final @Nullable EdgeTokens tokens;
    private final @Nullable ApiKeys keys;
    private final String keyHeader;
    private final Set<String> issuers;
    private final TokenSource[] sources;
    private final TokenSource[] stripped;
    private final Challenges challenges;
    private final CertificateCallers certificates;
    private final Verdict missing;
    private final CallerCounts counts;

    public EdgeAuthFilter(RouteAuthConfig route, EdgeAuth edge) {
        EdgeAuthConfig config = edge.config();
        config.check(route);
        this.route = route;
        this.tokens = edge.tokens();
        this.keys = route.apiKey() ? edge.keys() : null;
        this.keyHeader = config.apiKeys() == null ? "" : config.apiKeys().header();
        this.issuers = Set.copyOf(route.jwt());
        this.sources =
                tokens == null
                        ? new TokenSource[0]
                        : tokens.sources(route.jwt()).toArray(new TokenSource[0]);
        List<TokenSource> all = new ArrayList<>(List.of(TokenSource.AUTHORIZATION));
        if (tokens != null && config.jwt() != null) {
            all.addAll(tokens.sources(config.jwt().issuers().keySet()));
        }
        this.stripped = all.stream().distinct().toArray(TokenSource[]::new);
        this.challenges = Challenges.of(config.realm(), sources.length > 0, route.apiKey());
        this.certificates = new CertificateCallers(config.certificates());
        this.counts = edge.counts();
        this.missing = new Verdict.Reject(missing());
    }

    /** A challenge is what makes a 401; a certificate cannot be asked for by one. */
    private Failure missing() {
        return challenges.plain().isEmpty()
                ? new Failure.Refused(403, "certificate-required", "no certificate was shown")
                : new Failure.Refused(
                        401,
                        "credential-missing",
                        "neither of the credentials that the route accepts was shown",
                        challenges.plain());
    }

    static boolean isToken(Caller caller) {
        return !caller.issuer().equals(API_KEY) && !caller.issuer().equals(CERTIFICATE);
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        if (route.certificate() == CertificateUse.REQUIRED
                && exchange.peer().certificateHash() == null) {
            counts.missing.increment();
            return new Verdict.Reject(
                    new Failure.Refused(403, "certificate-required", "no certificate was shown"));
        }
        Headers headers = exchange.request().headers();
        FieldValue token = null;
        TokenSource from = TokenSource.AUTHORIZATION;
        int found = 0;
        for (TokenSource source : sources) {
            int here = source.count(headers);
            if (here > 0) {
                found += here;
                token = source.read(headers);
                from = source;
            }
        }
        FieldValue key = null;
        if (keys != null) {
            found += countKeys(headers);
            key = key(headers);
        }
        if (found > 1) {
            counts.two.increment();
            return new Verdict.Reject(
                    new Failure.BadRequest(
                            400, "two-credentials", "a request may show one credential"));
        }
        if (tokens != null && token != null) {
            return settle(exchange, from, tokens.judge(token, exchange.stream().loop()));
        }
        return keys != null && key != null ? settle(exchange, keys.judge(key)) : without(exchange);
    }

    private int countKeys(Headers headers) {
        int named = headers.countSpellings(keyHeader);
        FieldValue field = headers.field(AUTHORIZATION);
        boolean inAuthorization = field != null && field.after(KEY_PREFIX) != null;
        return named + (inAuthorization ? headers.countSpellings(AUTHORIZATION) : 0);
    }

    private @Nullable FieldValue key(Headers headers) {
        FieldValue named = headers.field(keyHeader);
        if (named != null) {
            return named;
        }
        FieldValue field = headers.field(AUTHORIZATION);
        return field == null ? null : field.after(KEY_PREFIX);
    }

    private Verdict settle(Exchange exchange, TokenSource from, TokenOutcome outcome) {
        return switch (outcome) {
            case TokenOutcome.Accepted it ->
                    issuers.contains(it.issuer()) && it.source().equals(from)
                            ? admit(exchange, it.caller())
                            : elsewhere(it);
            case TokenOutcome.Refused it ->
                    new Verdict.Reject(it.why().because(it.detail(), challenges.badToken()));
            case TokenOutcome.NotReady it ->
                    new Verdict.Reject(new Failure.NotReady(it.reason(), it.detail()));
            // It completes on the exchange's loop, and so does what depends on it.
            case TokenOutcome.Later it ->
                    new Verdict.Await(it.outcome().thenApply(late -> settle(exchange, from, late)));
        };
    }

    private Verdict elsewhere(TokenOutcome.Accepted token) {
        counts.elsewhere.increment();
        return new Verdict.Reject(
                TokenRefusal.ISSUER.because(
                        "the route does not accept issuer " + token.issuer() + " there",
                        challenges.badToken()));
    }

    private Verdict settle(Exchange exchange, KeyOutcome outcome) {
        return switch (outcome) {
            case KeyOutcome.Accepted it -> admit(exchange, it.caller());
            case KeyOutcome.Refused it ->
                    new Verdict.Reject(
                            new Failure.Refused(
                                    401,
                                    it.why().reason(),
                                    it.id().isEmpty() ? "an API key" : "API key " + it.id(),
                                    challenges.plain()));
            case KeyOutcome.NotReady it ->
                    new Verdict.Reject(new Failure.NotReady("api-keys-unavailable", it.detail()));
        };
    }

    /** No token and no key. */
    private Verdict without(Exchange exchange) {
        boolean certificate =
                exchange.peer().certificateHash() != null
                        && (route.certificate() == CertificateUse.ACCEPTED
                                || route.certificate() == CertificateUse.REQUIRED
                                        && challenges.plain().isEmpty());
        if (certificate) {
            counts.certified.increment();
            return admit(exchange, certificates.of(exchange.peer()));
        }
        if (!route.anonymous()) {
            counts.missing.increment();
            return missing;
        }
        counts.anonymous.increment();
        strip(exchange);
        return Verdict.CONTINUE;
    }

    private Verdict admit(Exchange exchange, Caller caller) {
        exchange.caller(caller);
        strip(exchange);
        return Verdict.CONTINUE;
    }

    /** All kinds, also those the route does not accept: they are secrets of somebody's. */
    private void strip(Exchange exchange) {
        if (route.keepCredentials()) {
            return;
        }
        Headers headers = exchange.request().headers();
        for (TokenSource source : stripped) {
            source.strip(headers);
        }
        if (!keyHeader.isEmpty()) {
            headers.removeSpellings(keyHeader);
        }
    }
}
