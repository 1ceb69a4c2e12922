package dev.outrider.sidecar;

import dev.outrider.sidecar.auth.DenyList;
import dev.outrider.sidecar.auth.EdgeTokens;
import dev.outrider.sidecar.auth.Jwks;
import dev.outrider.sidecar.auth.edge.CallerCounts;
import dev.outrider.sidecar.auth.keys.ApiKeys;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows who comes to the edge, and by what it judges them, beside what {@link EdgeGauging} has. */
final class EdgeAuthGauging {
    private static final Map<String, String> NO_TAGS = Map.of();

    private EdgeAuthGauging() {}

    static void register(MeterGroup gauges, EdgeCallers callers) {
        callers(gauges, callers.auth().counts());
        EdgeTokens tokens = callers.auth().tokens();
        if (tokens != null) {
            tokens(gauges, tokens);
        }
        callers.issuers().forEach((name, keys) -> issuer(gauges, name, keys));
        DenyList denied = callers.denied();
        if (denied != null) {
            denyList(gauges, denied);
        }
        ApiKeys keys = callers.auth().keys();
        if (keys != null) {
            apiKeys(gauges, keys);
        }
    }

    private static void callers(MeterGroup gauges, CallerCounts counts) {
        gauges.counter(
                "outrider_edge_callers_anonymous",
                "Requests let through without a credential",
                NO_TAGS,
                counts::anonymous);
        gauges.counter(
                "outrider_edge_callers_certified",
                "Requests whose caller is known by a certificate",
                NO_TAGS,
                counts::certified);
        refused(gauges, "credential-missing", counts::missing);
        refused(gauges, "two-credentials", counts::two);
        refused(gauges, "issuer-not-of-the-route", counts::elsewhere);
        refused(gauges, "access-denied", counts::denied);
    }

    private static void refused(
            MeterGroup gauges, String reason, java.util.function.LongSupplier count) {
        gauges.counter(
                "outrider_edge_callers_refused",
                "Requests refused for what they show, or for what their caller may not",
                Map.of("reason", reason),
                count::getAsLong);
    }

    private static void tokens(MeterGroup gauges, EdgeTokens tokens) {
        gauges.counter(
                "outrider_edge_token_waits",
                "Requests that waited for token keys",
                NO_TAGS,
                () -> tokens.counts().awaited());
        gauges.counter(
                "outrider_edge_tokens_not_judged",
                "Requests refused because keys or deny list were never read",
                NO_TAGS,
                () -> tokens.counts().notReady());
        gauges.gauge(
                "outrider_edge_tokens_remembered",
                "Good tokens in the cache",
                NO_TAGS,
                () -> tokens.counts().remembered());
    }

    private static void issuer(MeterGroup gauges, String name, Jwks keys) {
        Map<String, String> issuer = Map.of("issuer", name);
        gauges.gauge(
                "outrider_edge_jwks_keys",
                "Token keys known of an issuer",
                issuer,
                () -> keys.status().keys());
        gauges.gauge(
                "outrider_edge_jwks_age_seconds",
                "Since an issuer's keys were fetched; NaN before the first time",
                issuer,
                () -> seconds(keys.status().age()));
        gauges.counter(
                "outrider_edge_jwks_failures",
                "Times an issuer's keys could not be fetched",
                issuer,
                () -> keys.status().failures());
    }

    private static void denyList(MeterGroup gauges, DenyList denied) {
        gauges.gauge(
                "outrider_edge_deny_list_ids",
                "Token ids that are refused",
                NO_TAGS,
                () -> denied.status().ids());
        gauges.counter(
                "outrider_edge_deny_list_failures",
                "Times the deny list could not be read",
                NO_TAGS,
                () -> denied.status().failures());
    }

    private static void apiKeys(MeterGroup gauges, ApiKeys keys) {
        gauges.gauge(
                "outrider_api_keys_age_seconds",
                "Since the API keys were last looked at; NaN before the first time",
                NO_TAGS,
                () -> seconds(keys.status().age()));
        gauges.counter(
                "outrider_api_keys_not_judged",
                "Requests refused because the API keys were not known",
                NO_TAGS,
                () -> keys.counts().notReady());
    }

    private static double seconds(@Nullable Duration age) {
        return age == null ? Double.NaN : age.toMillis() / 1e3;
    }
}
