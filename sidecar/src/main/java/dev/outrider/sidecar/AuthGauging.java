package dev.outrider.sidecar;

import dev.outrider.sidecar.auth.AccessFilter;
import dev.outrider.sidecar.auth.AuditLog;
import dev.outrider.sidecar.auth.ConnectionAccess;
import dev.outrider.sidecar.auth.DenyList;
import dev.outrider.sidecar.auth.IdentityTokens;
import dev.outrider.sidecar.auth.Jwks;
import dev.outrider.sidecar.auth.JwtFilter;
import dev.outrider.sidecar.auth.PeerFilter;
import dev.outrider.sidecar.auth.TokenRefusal;
import dev.outrider.sidecar.observe.Gauges;
import java.time.Duration;
import java.util.Map;

/** Shows who is let in, who is not and with what, as counters read when they are scraped. */
final class AuthGauging {
    private static final Map<String, String> NO_TAGS = Map.of();

    private AuthGauging() {}

    static void register(MeterGroup gauges, InForce now) {
        Guards guards = now.guards();
        if (guards != null) {
            peers(gauges, guards.peers());
            access(gauges, guards.access());
            unread(gauges, guards.unread());
            if (guards.tokens() != null) {
                tokens(gauges, guards.tokens());
            }
            if (guards.denied() != null) {
                denyList(gauges, guards.denied());
            }
            if (guards.jwks() != null) {
                keys(gauges, guards.jwks());
            }
        }
        if (now.tokens() != null) {
            ownTokens(gauges, now.tokens().tokens());
        }
        if (now.door() != null) {
            EdgeAuthGauging.register(gauges, now.door().callers());
        }
    }

    private static void peers(MeterGroup gauges, PeerFilter peers) {
        gauges.counter(
                "outrider_peers_refused",
                "Requests refused for want of an identity",
                NO_TAGS,
                () -> peers.counts().refused());
        gauges.counter(
                "outrider_plain_requests",
                "Requests let in without an identity, in permissive mode",
                NO_TAGS,
                () -> peers.counts().plain());
    }

    private static void tokens(MeterGroup gauges, JwtFilter tokens) {
        gauges.counter(
                "outrider_token_verifications",
                "Tokens whose signature was looked at",
                NO_TAGS,
                () -> tokens.counts().verifications());
        gauges.counter(
                "outrider_token_cache_hits",
                "Requests with a token that was known to be good",
                NO_TAGS,
                () -> tokens.counts().hits());
        gauges.counter(
                "outrider_token_waits",
                "Requests that waited for token keys",
                NO_TAGS,
                () -> tokens.counts().awaited());
        gauges.counter(
                "outrider_token_keys_missing",
                "Requests refused because no token keys were ever fetched",
                NO_TAGS,
                () -> tokens.counts().noKeys());
        gauges.gauge(
                "outrider_tokens_remembered",
                "Good tokens in the cache",
                NO_TAGS,
                () -> tokens.counts().remembered());
        for (TokenRefusal why : TokenRefusal.values()) {
            gauges.counter(
                    "outrider_tokens_refused",
                    "Requests refused for their token",
                    Map.of("reason", why.reason()),
                    () -> tokens.counts().refused().getOrDefault(why, 0L));
        }
    }

    private static void denyList(MeterGroup gauges, DenyList denied) {
        gauges.gauge(
                "outrider_deny_list_ids",
                "Token ids that are refused",
                NO_TAGS,
                () -> denied.status().ids());
        gauges.counter(
                "outrider_deny_list_loads",
                "Times the deny list was read",
                NO_TAGS,
                () -> denied.status().loads());
        gauges.counter(
                "outrider_deny_list_failures",
                "Times the deny list could not be read",
                NO_TAGS,
                () -> denied.status().failures());
    }

    private static void access(MeterGroup gauges, AccessFilter access) {
        gauges.counter(
                "outrider_access_allowed",
                "Requests the access rules let through",
                NO_TAGS,
                () -> access.counts().allowed());
        gauges.counter(
                "outrider_access_denied",
                "Requests the access rules refused",
                NO_TAGS,
                () -> access.counts().denied());
        gauges.counter(
                "outrider_access_ambiguous",
                "Requests whose path no rule can judge",
                NO_TAGS,
                () -> access.counts().ambiguous());
        for (String rule : access.counts().audited().keySet()) {
            gauges.counter(
                    "outrider_access_audited",
                    "Requests an audit rule matched",
                    Map.of("rule", rule),
                    () -> access.counts().audited().getOrDefault(rule, 0L));
        }
    }

    static void audit(Gauges gauges, AuditLog audit) {
        gauges.counter(
                "outrider_audit_log_dropped",
                "Audit lines that found the queue full",
                NO_TAGS,
                audit::dropped);
    }

    private static void unread(MeterGroup gauges, ConnectionAccess access) {
        gauges.counter(
                "outrider_tcp_access_denied",
                "Unread connections the access rules refused",
                NO_TAGS,
                access::denied);
    }

    private static void keys(MeterGroup gauges, Jwks jwks) {
        gauges.gauge("outrider_jwks_keys", "Token keys known", NO_TAGS, () -> jwks.status().keys());
        gauges.gauge(
                "outrider_jwks_age_seconds",
                "Since the token keys were fetched; NaN before the first time",
                NO_TAGS,
                () -> seconds(jwks.status()));
        gauges.counter(
                "outrider_jwks_fetches",
                "Times the token keys were fetched",
                NO_TAGS,
                () -> jwks.status().fetches());
        gauges.counter(
                "outrider_jwks_failures",
                "Times the token keys could not be fetched",
                NO_TAGS,
                () -> jwks.status().failures());
    }

    private static double seconds(Jwks.Status status) {
        Duration age = status.age();
        return age == null ? Double.NaN : age.toMillis() / 1e3;
    }

    private static void ownTokens(MeterGroup gauges, IdentityTokens tokens) {
        gauges.gauge(
                "outrider_identity_token_audiences",
                "Audiences this workload has tokens for",
                NO_TAGS,
                () -> tokens.status().audiences().size());
        gauges.gauge(
                "outrider_identity_token_failures",
                "Mints that failed since the last good one, over all audiences",
                NO_TAGS,
                () ->
                        tokens.status().audiences().stream()
                                .mapToInt(IdentityTokens.AudienceStatus::failures)
                                .sum());
        gauges.counter(
                "outrider_identity_token_unavailable",
                "Requests that found no token for their audience",
                NO_TAGS,
                () -> tokens.status().unavailable());
    }
}
