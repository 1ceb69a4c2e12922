package dev.outrider.sidecar.auth.edge;

import dev.outrider.sidecar.auth.keys.ApiKeysConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * What WWW-Authenticate says: which credentials would do, and of a token that one was no good, the
 * same for every reason (RFC 6750, section 3). API keys have a scheme of their own.
 */
record Challenges(List<String> plain, List<String> badToken, List<String> scope) {
    static Challenges of(String realm, boolean tokens, boolean keys) {
        String bearer = "Bearer realm=\"" + realm + "\"";
        String apiKey = ApiKeysConfig.SCHEME + " realm=\"" + realm + "\"";
        return new Challenges(
                list(tokens, bearer, keys, apiKey),
                list(tokens, bearer + ", error=\"invalid_token\"", keys, apiKey),
                list(tokens, bearer + ", error=\"insufficient_scope\"", false, apiKey));
    }

    private static List<String> list(boolean tokens, String bearer, boolean keys, String apiKey) {
        List<String> list = new ArrayList<>();
        if (tokens) {
            list.add(bearer);
        }
        if (keys) {
            list.add(apiKey);
        }
        return List.copyOf(list);
    }
}
