package dev.outrider.sidecar.auth.edge;

import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import java.util.List;

/**
 * Lets a caller through who has the roles and scopes of the route; others get 403. Needs the
 * caller, so it stands below {@link EdgeAuthFilter}.
 */
public final class RbacFilter implements RequestFilter {
    private static final String REASON = "access-denied";

    private final NameRule roles;
    private final NameRule scopes;
    private final Challenges challenges;
    private final CallerCounts counts;

    public RbacFilter(RouteAuthConfig route, EdgeAuth edge) {
        this.roles = route.roles();
        this.scopes = route.scopes();
        this.challenges =
                Challenges.of(edge.config().realm(), !route.jwt().isEmpty(), route.apiKey());
        this.counts = edge.counts();
    }

    /** Whether the route has a rule at all. */
    static boolean isNeeded(RouteAuthConfig route) {
        return !route.roles().isEmpty() || !route.scopes().isEmpty();
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Caller caller = exchange.caller();
        if (caller == null) {
            counts.missing.increment();
            return new Verdict.Reject(
                    new Failure.Refused(
                            401,
                            "credential-missing",
                            "nobody knows who calls",
                            challenges.plain()));
        }
        if (!roles.isMet(role -> CallerNames.hasRole(caller, role))) {
            return deny(caller, "role", roles, List.of());
        }
        if (!scopes.isMet(scope -> CallerNames.hasScope(caller, scope))) {
            return deny(
                    caller,
                    "scope",
                    scopes,
                    EdgeAuthFilter.isToken(caller) ? challenges.scope() : List.of());
        }
        return Verdict.CONTINUE;
    }

    private Verdict deny(Caller caller, String what, NameRule rule, List<String> challenge) {
        counts.denied.increment();
        String detail = caller.subject() + " lacks a " + what + ": " + rule;
        return new Verdict.Reject(new Failure.Refused(403, REASON, detail, challenge));
    }
}
