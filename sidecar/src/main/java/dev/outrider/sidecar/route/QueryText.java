package dev.outrider.sidecar.route;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/**
 * Reads parameters of a query as forms write them (WHATWG URL, application/x-www-form-urlencoded).
 */
final class QueryText {
    private QueryText() {}

    /** Whether the target's query has that parameter, and if so, each of its values is good. */
    static boolean each(String target, String name, Predicate<String> good) {
        int start = target.indexOf('?') + 1;
        boolean found = false;
        while (start > 0 && start <= target.length()) {
            int ampersand = target.indexOf('&', start);
            int end = ampersand < 0 ? target.length() : ampersand;
            int equals = target.indexOf('=', start);
            int nameEnd = equals < 0 || equals > end ? end : equals;
            if (isName(target, start, nameEnd, name)) {
                found = true;
                if (!good.test(decoded(target, Math.min(nameEnd + 1, end), end))) {
                    return false;
                }
            }
            start = end + 1;
        }
        return found;
    }

    static boolean has(String target, String name) {
        return each(target, name, _ -> true);
    }

    private static boolean isName(String target, int start, int end, String name) {
        if (end - start == name.length() && target.startsWith(name, start)) {
            return true;
        }
        return isEncoded(target, start, end) && decoded(target, start, end).equals(name);
    }

    private static boolean isEncoded(String text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (text.charAt(i) == '%' || text.charAt(i) == '+') {
                return true;
            }
        }
        return false;
    }

    /** As it stands, if it is wrongly encoded. */
    private static String decoded(String target, int start, int end) {
        String text = target.substring(start, end);
        if (!isEncoded(text, 0, text.length())) {
            return text;
        }
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
