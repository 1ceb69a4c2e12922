package dev.outrider.certs.ca;

import dev.outrider.certs.JwtKeys;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is due in an authority's state, and its next value: pure but for the keys it draws. The same
 * value comes back when nothing is due, so that a caller sees whether to write it down; two
 * replicas that both find something due differ only in their keys, and the one that writes first is
 * right.
 *
 * @param svidTtl of the certificates this replica gives out
 * @param distribution how long a new root is announced before it signs
 * @param handedOver what somebody else, such as cert-manager, wants us to sign with
 */
public record Upkeep(
        Duration svidTtl,
        Duration distribution,
        JwtKeys.Schedule schedule,
        Optional<Issuer> handedOver) {
    /** A year's intermediate is replaced a third of its life before its end. */
    private static final double RENEW_BELOW = 0.34;

    /** The last part of a root's life, in which another is made ready. */
    private static final double LAST_PART = 0.1;

    AuthorityState advanced(AuthorityState state, Instant now, SecureRandom random) {
        AuthorityState next = finished(state, now);
        if (svidTtl.compareTo(next.longestSvid()) > 0) {
            next = next.with(svidTtl);
        }
        next = handedOver(next, now);
        next = begun(next, now, random);
        next = renewed(next, now, random);
        JwtKeys keys = next.jwtKeys().rotated(schedule, now, random);
        return keys.sequence() == next.jwtKeys().sequence() ? next : next.with(keys);
    }

    /** Sentences for whoever runs the authority about what it cannot mend by itself. */
    List<String> worries(AuthorityState state, Instant now) {
        Issuer signs = state.signing(now);
        X509Certificate ending = signs.intermediate();
        if (Issuer.leftOf(ending, now) < RENEW_BELOW && signs.rootKey().isEmpty()) {
            return List.of(
                    "the intermediate certificate ends at "
                            + ending.getNotAfter().toInstant()
                            + " and the root's key is not here; "
                            + (handedOver.isPresent()
                                    ? "whoever hands it over must renew it"
                                    : "put root-key.pem back for a moment"));
        }
        if (state.rotation().isEmpty() && nearItsEnd(state, now) && signs.rootKey().isEmpty()) {
            return List.of(
                    "the root ends at "
                            + signs.root().getNotAfter().toInstant()
                            + "; replace it with: outrider ca rotate-root");
        }
        return List.of();
    }

    private AuthorityState finished(AuthorityState state, Instant now) {
        RootRotation under = state.rotation().orElse(null);
        if (under == null || under.phase(now) != RootRotation.Phase.FINISHED) {
            return state;
        }
        return new AuthorityState(
                under.next(),
                Optional.empty(),
                state.generation() + 1,
                svidTtl,
                state.jwtKeys(),
                state.rotationRequested());
    }

    /** Below a root that is known it signs at once; a new root is announced first. */
    private AuthorityState handedOver(AuthorityState state, Instant now) {
        Issuer given = handedOver.orElse(null);
        RootRotation under = state.rotation().orElse(null);
        if (given == null) {
            return state;
        }
        if (under != null) {
            boolean sameNext = under.next().root().equals(given.root());
            return sameNext && !under.next().chain().equals(given.chain())
                    ? state.with(under.below(given))
                    : renewedBelowOld(state, given);
        }
        if (state.issuer().root().equals(given.root())) {
            return renewedBelowOld(state, given);
        }
        return state.with(RootRotation.announce(given, now, distribution, longest(state)));
    }

    private static AuthorityState renewedBelowOld(AuthorityState state, Issuer given) {
        return state.issuer().root().equals(given.root())
                        && !state.issuer().chain().equals(given.chain())
                ? state.with(given)
                : state;
    }

    /** Another root of our own: asked for, or because this one will not last. */
    private AuthorityState begun(AuthorityState state, Instant now, SecureRandom random) {
        if (state.rotation().isPresent()) {
            // One at a time; who asked has what was asked for.
            return state.rotationRequested() ? state.requested(false) : state;
        }
        boolean ours = state.issuer().rootKey().isPresent() && handedOver.isEmpty();
        boolean due = state.rotationRequested() || (ours && nearItsEnd(state, now));
        if (!due || handedOver.isPresent()) {
            return state.rotationRequested() ? state.requested(false) : state;
        }
        return state.with(
                RootRotation.announce(
                        state.issuer().successor(now, random), now, distribution, longest(state)));
    }

    private AuthorityState renewed(AuthorityState state, Instant now, SecureRandom random) {
        Issuer signs = state.signing(now);
        if (handedOver.isPresent() || Issuer.leftOf(signs.intermediate(), now) >= RENEW_BELOW) {
            return state;
        }
        RootRotation under = state.rotation().orElse(null);
        return signs.renewed(now, random)
                .map(renewed ->
                        under != null && signs.equals(under.next())
                                ? state.with(under.below(renewed))
                                : state.with(renewed))
                .orElse(state);
    }

    private boolean nearItsEnd(AuthorityState state, Instant now) {
        X509Certificate root = state.issuer().root();
        Duration needed = distribution.plus(longest(state)).multipliedBy(2);
        return Issuer.leftOf(root, now) < LAST_PART
                || now.plus(needed).isAfter(root.getNotAfter().toInstant());
    }

    private Duration longest(AuthorityState state) {
        return svidTtl.compareTo(state.longestSvid()) > 0 ? svidTtl : state.longestSvid();
    }
}
