package dev.outrider.certs.kubernetes;

import dev.outrider.certs.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Service-account tokens, and what TokenReview says of them. Any thread. */
final class FakeTokens {
    private final Map<String, Issued> issued = new ConcurrentHashMap<>();
    private volatile InstantSource clock = InstantSource.system();

    private record Issued(
            String namespace,
            String account,
            List<String> audiences,
            Instant expires,
            String pod) {}

    void clock(InstantSource now) {
        clock = now;
    }

    /** In the form of a JWT, with a signature that means something to this fake alone. */
    String issue(
            String namespace, String account, String pod, List<String> audiences, Instant expires) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("aud", audiences);
        claims.put("exp", expires.getEpochSecond());
        claims.put("iss", "https://kubernetes.default.svc.cluster.local");
        claims.put("sub", "system:serviceaccount:" + namespace + ":" + account);
        claims.put("jti", Integer.toString(issued.size()));
        String token =
                part("{\"alg\":\"RS256\",\"kid\":\"fake\"}")
                        + "."
                        + part(Json.write(claims))
                        + "."
                        + part("signature " + issued.size());
        issued.put(token, new Issued(namespace, account, audiences, expires, pod));
        return token;
    }

    /** As when the pod or the account is deleted. */
    void revoke(String token) {
        issued.remove(token);
    }

    FakeAnswer review(Map<String, @Nullable Object> request) {
        String token = Fields.text(request, "spec", "token").orElse("");
        List<String> asked = new ArrayList<>();
        for (Object audience : Fields.list(request, "spec", "audiences")) {
            asked.add(String.valueOf(audience));
        }
        Map<String, @Nullable Object> answer = new LinkedHashMap<>(request);
        answer.put("status", status(issued.get(token), asked));
        return FakeAnswer.created(answer);
    }

    private Map<String, Object> status(@Nullable Issued token, List<String> asked) {
        if (token == null) {
            return Map.of("authenticated", false, "error", "[invalid bearer token]");
        }
        if (!clock.instant().isBefore(token.expires())) {
            return Map.of(
                    "authenticated",
                    false,
                    "error",
                    "[invalid bearer token, service account token has expired]");
        }
        List<String> common = token.audiences().stream().filter(asked::contains).toList();
        if (common.isEmpty()) {
            return Map.of(
                    "authenticated",
                    false,
                    "error",
                    "[invalid bearer token, token audiences %s is invalid for the target audiences %s]"
                            .formatted(token.audiences(), asked));
        }
        Map<String, Object> user = new LinkedHashMap<>();
        user.put("username", "system:serviceaccount:" + token.namespace() + ":" + token.account());
        user.put("uid", "uid-of-" + token.account());
        user.put(
                "groups",
                List.of(
                        "system:serviceaccounts",
                        "system:serviceaccounts:" + token.namespace(),
                        "system:authenticated"));
        user.put("extra", Map.of("authentication.kubernetes.io/pod-name", List.of(token.pod())));
        return Map.of("authenticated", true, "user", user, "audiences", common);
    }

    private static String part(String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
