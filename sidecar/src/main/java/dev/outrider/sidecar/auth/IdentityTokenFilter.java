package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends this workload's token along, made out to the destination. Stands below the route filter,
 * which says what the destination is. Whatever the app itself put in the field is taken out.
 */
public final class IdentityTokenFilter implements RequestFilter {
    private final IdentityTokens tokens;
    private final Function<Exchange, @Nullable String> audienceOf;

    /** {@code audienceOf} gives null for destinations that get no token. */
    public IdentityTokenFilter(
            IdentityTokens tokens, Function<Exchange, @Nullable String> audienceOf) {
        this.tokens = tokens;
        this.audienceOf = audienceOf;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        exchange.request().headers().remove(tokens.header().name());
        String audience = audienceOf.apply(exchange);
        if (audience == null) {
            return Verdict.CONTINUE;
        }
        String value = tokens.current(audience);
        if (value != null) {
            return send(exchange, value);
        }
        CompletableFuture<Boolean> minted = tokens.request(audience);
        if (minted == null) {
            return unavailable(audience);
        }
        // On the loop, since the exchange is touched there only.
        return new Verdict.Await(
                minted.handleAsync(
                        (good, error) -> afterMint(exchange, audience), exchange.stream().loop()));
    }

    private Verdict afterMint(Exchange exchange, String audience) {
        String value = tokens.current(audience);
        return value == null ? unavailable(audience) : send(exchange, value);
    }

    private Verdict send(Exchange exchange, String value) {
        exchange.request().headers().add(tokens.header().name(), value);
        return Verdict.CONTINUE;
    }

    private Verdict unavailable(String audience) {
        return new Verdict.Reject(
                new Failure.NotReady(
                        "identity-token-unavailable",
                        "no token for audience '" + audience + "': " + tokens.problem(audience)));
    }
}
