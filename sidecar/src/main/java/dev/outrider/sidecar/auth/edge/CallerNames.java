package dev.outrider.sidecar.auth.edge;

import dev.outrider.sidecar.auth.ClaimNames;
import dev.outrider.sidecar.exchange.Caller;
import java.util.List;

/** A caller's roles and scopes, looked up without garbage. */
final class CallerNames {
    private CallerNames() {}

    static boolean hasRole(Caller caller, String role) {
        return caller.claims().get(ClaimNames.ROLES) instanceof List<?> roles
                && roles.contains(role);
    }

    static boolean hasScope(Caller caller, String scope) {
        return caller.claims().get(ClaimNames.SCOPE) instanceof String scopes
                && holds(scopes, scope);
    }

    /** Whether a text with blanks between holds the word. */
    private static boolean holds(String words, String word) {
        int at = words.indexOf(word);
        while (at >= 0) {
            int end = at + word.length();
            if ((at == 0 || words.charAt(at - 1) == ' ')
                    && (end == words.length() || words.charAt(end) == ' ')) {
                return true;
            }
            at = words.indexOf(word, at + 1);
        }
        return false;
    }
}
