package dev.outrider.sidecar;

import dev.outrider.sidecar.auth.IdentityTokens;
import dev.outrider.sidecar.forward.StartWait;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a call of the app has to wait for, in the first moments or if it is the first to a service:
 * who we are, where the service is, and the token it wants.
 *
 * @param tokens null where none are sent along
 */
record StartNeeds(Base base, Destinations destinations, @Nullable IdentityTokens tokens)
        implements StartWait.Needs {

    @Override
    public boolean missing(String service) {
        Destination to = destinations.get(service);
        if (to == null) {
            return false;
        }
        String audience = audience(to);
        return lacksIdentity(to, audience)
                || to.lacksEndpoints()
                || tokens != null && audience != null && tokens.lacksFirst(audience);
    }

    @Override
    public CompletionStage<?> complete(String service) {
        Destination to = destinations.get(service);
        if (to == null) {
            return done();
        }
        String audience = audience(to);
        CompletionStage<?> token =
                base.identities != null && lacksIdentity(to, audience)
                        ? base.identities.ready().thenCompose(_ -> token(audience))
                        : token(audience);
        CompletionStage<?> endpoints = to.awaitEndpoints();
        return endpoints == null ? token : token.thenCombine(endpoints, (_, both) -> both);
    }

    private @Nullable String audience(Destination to) {
        return tokens == null ? null : destinations.audience(to.service().name());
    }

    private boolean lacksIdentity(Destination to, @Nullable String audience) {
        return (to.config().mtls() || audience != null)
                && base.identities != null
                && base.identities.peek() == null;
    }

    private CompletionStage<?> token(@Nullable String audience) {
        CompletionStage<?> first =
                tokens == null || audience == null ? null : tokens.first(audience);
        return first == null ? done() : first;
    }

    private static CompletionStage<?> done() {
        return CompletableFuture.completedStage(true);
    }
}
