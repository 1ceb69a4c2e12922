package dev.outrider.sidecar;

import dev.outrider.sidecar.auth.AccessFilter;
import dev.outrider.sidecar.auth.AccessRules;
import dev.outrider.sidecar.auth.ConnectionAccess;
import dev.outrider.sidecar.auth.DenyList;
import dev.outrider.sidecar.auth.Jwks;
import dev.outrider.sidecar.auth.JwksSource;
import dev.outrider.sidecar.auth.JwtConfig;
import dev.outrider.sidecar.auth.JwtFilter;
import dev.outrider.sidecar.auth.PeerFilter;
import dev.outrider.sidecar.inbound.Inbound;
import dev.outrider.sidecar.inbound.InboundConfig;
import dev.outrider.sidecar.tls.IdentityConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who is let in, under one configuration. */
record Guards(
        InboundConfig config,
        PeerFilter peers,
        @Nullable Jwks jwks,
        @Nullable DenyList denied,
        @Nullable JwtFilter tokens,
        AccessFilter access,
        ConnectionAccess unread) {
    private static final Duration DENY_LIST_POLL = Duration.ofSeconds(1);

    /** Takes over what is configured the same: fetched keys and verified tokens stay known. */
    static Guards fit(
            Base base, InboundConfig config, IdentityConfig identity, @Nullable Guards old)
            throws IOException {
        JwtConfig jwt = config.jwt();
        JwtConfig oldJwt = old == null ? null : old.config.jwt();
        DenyList denied = denied(base, jwt, old);
        Jwks jwks = jwt == null ? null : keys(base, jwt, old);
        boolean sameMode = old != null && old.config.mtls() == config.mtls();
        boolean samePeers =
                old != null
                        && sameMode
                        && old.config
                                .clientCertificatesFrom()
                                .equals(config.clientCertificatesFrom());
        boolean sameAccess = old != null && sameMode && old.config.access().equals(config.access());
        AccessRules rules = new AccessRules(config.access(), config.mtls(), identity.trustDomain());
        return new Guards(
                config,
                old != null && samePeers
                        ? old.peers
                        : new PeerFilter(
                                config.mtls(), identity.id(), config.clientCertificatesFrom()),
                jwks,
                denied,
                old != null && Objects.equals(jwt, oldJwt)
                        ? old.tokens
                        : jwt == null || jwks == null
                                ? null
                                : new JwtFilter(jwt, jwks, denied, base.clock),
                old != null && sameAccess ? old.access : new AccessFilter(rules, base.audit),
                Inbound.connectionAccess(config, rules));
    }

    private static @Nullable DenyList denied(
            Base base, @Nullable JwtConfig jwt, @Nullable Guards old) throws IOException {
        if (jwt == null || jwt.denyList() == null) {
            return null;
        }
        JwtConfig before = old == null ? null : old.config.jwt();
        if (old != null
                && old.denied != null
                && before != null
                && jwt.denyList().equals(before.denyList())) {
            return old.denied;
        }
        return DenyList.open(jwt.denyList(), DENY_LIST_POLL, base.clock);
    }

    private static Jwks keys(Base base, JwtConfig jwt, @Nullable Guards old) {
        JwtConfig before = old == null ? null : old.config.jwt();
        if (old != null && old.jwks != null && before != null && before.jwks().equals(jwt.jwks())) {
            return old.jwks;
        }
        boolean own = jwt.jwks().file() == null && jwt.jwks().url() == null;
        JwksSource source =
                own
                        ? base.authority::keys
                        : JwksSource.of(jwt.jwks(), TrustedBySystem::context, base.clock);
        Jwks keys = new Jwks(source, jwt.jwks(), base.clock, base.ticker, base.random);
        if (old != null
                && old.jwks != null
                && before != null
                && before.issuers().equals(jwt.issuers())) {
            keys.takeOver(old.jwks);
        }
        if (own && base.identities != null) {
            // The authority can be asked about keys once it has been asked who we are.
            var _ = base.identities.ready().thenRun(keys::start);
        } else {
            keys.start();
        }
        return keys;
    }

    List<AutoCloseable> parts() {
        List<AutoCloseable> parts = new ArrayList<>();
        if (jwks != null) {
            parts.add(jwks);
        }
        if (denied != null) {
            parts.add(denied);
        }
        return parts;
    }
}
