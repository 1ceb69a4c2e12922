package dev.outrider.certs.ca.cluster;

import dev.outrider.certs.CaClient;
import dev.outrider.certs.Json;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.ca.TokenReview;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Resource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the cluster's API whose a projected service-account token is: {@code
 * system:serviceaccount:<ns>:<sa>} proves {@code spiffe://<trust domain>/ns/<ns>/sa/<sa>} and
 * nothing else, so a pod gets its own id only. Each token is asked about each time: the API knows
 * when its pod or account is gone, and a workload shows one for each certificate, twice a day. What
 * a token says of itself is used to refuse it early, never to accept it.
 */
final class ServiceAccountTokens implements TokenReview {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceAccountTokens.class);

    /** Less than our clients wait, so that they hear why. */
    private static final Duration DEADLINE = Duration.ofSeconds(3);

    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);
    private static final int MOST_AT_ONCE = 32;
    private static final Pattern JWT = Pattern.compile("[\\w-]+\\.([\\w-]+)\\.[\\w-]+");
    private static final Pattern USER =
            Pattern.compile("system:serviceaccount:([a-z0-9-]{1,63}):([a-z0-9.-]{1,253})");

    private final KubeApi api;
    private final String trustDomain;
    private final String audience;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private volatile String trouble = "";

    ServiceAccountTokens(KubeApi api, String trustDomain, String audience) {
        this(api, trustDomain, audience, DEADLINE);
    }

    ServiceAccountTokens(KubeApi api, String trustDomain, String audience, Duration deadline) {
        this.api = api.within(deadline);
        this.trustDomain = trustDomain;
        this.audience = audience;
    }

    @Override
    public Outcome review(String token, Instant now) {
        Matcher form = JWT.matcher(token);
        if (!form.matches()) {
            return new Outcome.Unknown();
        }
        Map<String, @Nullable Object> claims = claims(form.group(1));
        if (claims.isEmpty()) {
            return new Outcome.Unknown();
        }
        Outcome early = refusedEarly(claims, now);
        if (early != null) {
            return early;
        }
        if (!places.tryAcquire()) {
            return new Outcome.Unavailable("too many tokens are being looked at", AGAIN);
        }
        try {
            Map<String, @Nullable Object> answer =
                    api.create(
                            Resource.TOKEN_REVIEWS.all(),
                            Map.of(
                                    "apiVersion",
                                    Resource.TOKEN_REVIEWS.apiVersion(),
                                    "kind",
                                    "TokenReview",
                                    "spec",
                                    Map.of("token", token, "audiences", List.of(audience))));
            trouble = "";
            return outcome(Fields.map(answer, "status"), claims);
        } catch (KubeException e) {
            // Once for each kind: callers come again and again.
            if (!trouble.equals(e.reason())) {
                LOG.error("a token cannot be reviewed: {}", e.getMessage());
                trouble = e.reason();
            }
            return new Outcome.Unavailable(
                    "Kubernetes cannot be asked about tokens just now (%s); see the authority's log"
                            .formatted(e.reason()),
                    Optional.ofNullable(e.retryAfter()).orElse(AGAIN));
        } finally {
            places.release();
        }
    }

    /** By what the token says itself: nothing good can come of asking about it. */
    private @Nullable Outcome refusedEarly(Map<String, @Nullable Object> claims, Instant now) {
        Instant expires = expires(claims);
        if (expires != null && expires.plus(CLOCKS_DIFFER).isBefore(now)) {
            return new Outcome.Expired(expires);
        }
        boolean meant =
                claims.get("aud") instanceof List<?> list
                        ? list.contains(audience)
                        : audience.equals(claims.get("aud"));
        return meant ? null : wrongAudience(String.valueOf(claims.get("aud")));
    }

    private Outcome outcome(
            Map<String, @Nullable Object> status, Map<String, @Nullable Object> claims) {
        if (!Fields.flag(status, "authenticated")) {
            String error = Fields.text(status, "error").orElse("no reason given");
            String words = error.toLowerCase(Locale.ROOT);
            Instant expires = expires(claims);
            if (words.contains("expired") && expires != null) {
                return new Outcome.Expired(expires);
            }
            return words.contains("audience")
                    ? wrongAudience(String.valueOf(claims.get("aud")))
                    : new Outcome.Refused(
                            "unknown-token", "Kubernetes does not accept the token: " + error);
        }
        // An API server that knows nothing of audiences accepts any and does not name ours.
        if (!Fields.list(status, "audiences").contains(audience)) {
            return wrongAudience(Fields.list(status, "audiences").toString());
        }
        String user = Fields.text(status, "user", "username").orElse("");
        Matcher account = USER.matcher(user);
        if (!account.matches()) {
            return new Outcome.Refused(
                    "not-a-service-account", "the token is of '" + user + "', no service account");
        }
        SpiffeId id = SpiffeId.of(trustDomain, account.group(1), account.group(2));
        if (id.equals(CaClient.authorityId(trustDomain))) {
            return new Outcome.Refused(
                    "reserved-id",
                    id + " is the authority's own; use another namespace or service account");
        }
        String pod =
                Fields.list(status, "user", "extra", "authentication.kubernetes.io/pod-name")
                        .stream()
                        .filter(Objects::nonNull)
                        .findFirst()
                        .map(name -> ", pod " + name)
                        .orElse("");
        return new Outcome.Proven(id, "service account token" + pod, () -> true);
    }

    private Outcome wrongAudience(String shown) {
        return new Outcome.Refused(
                "wrong-audience",
                "the token is for "
                        + (shown.length() > 200 ? shown.substring(0, 200) : shown)
                        + "; project one with audience: "
                        + audience);
    }

    private static @Nullable Instant expires(Map<String, @Nullable Object> claims) {
        return Fields.number(claims, "exp")
                .filter(seconds -> seconds > 0 && seconds < 1L << 40)
                .map(Instant::ofEpochSecond)
                .orElse(null);
    }

    /** Empty when they are none. */
    private static Map<String, @Nullable Object> claims(String part) {
        try {
            byte[] json = Base64.getUrlDecoder().decode(part);
            return Json.object(new String(json, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Map.of();
        }
    }
}
