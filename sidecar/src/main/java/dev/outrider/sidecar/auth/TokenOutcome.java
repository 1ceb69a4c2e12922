package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.exchange.Caller;
import java.util.concurrent.CompletionStage;

/** What became of a token that a caller from outside showed. */
public sealed interface TokenOutcome {
    /**
     * It holds.
     *
     * @param caller the same object as long as the token is remembered
     * @param issuer the issuer's name in the configuration; a route may not accept it
     * @param source where that issuer's tokens have to be
     */
    record Accepted(Caller caller, String issuer, TokenSource source) implements TokenOutcome {}

    record Refused(TokenRefusal why, String detail) implements TokenOutcome {}

    /** Nothing can be said of it, for want of something of the proxy's own. */
    record NotReady(String reason, String detail) implements TokenOutcome {}

    /** The issuer is being asked for newer keys; then one of the others. */
    record Later(CompletionStage<TokenOutcome> outcome) implements TokenOutcome {}
}
