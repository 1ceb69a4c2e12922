package dev.outrider.sidecar.route;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * Regular expressions that match in time linear in the text (RE2), and whose own size is bounded,
 * since that is the other factor: {@code (a{1000}){1000}} would be a million steps a character.
 */
final class BoundedPattern {
    private static final int LONGEST = 512;

    /** Characters, classes and groups, each as often as it is repeated. */
    private static final int MOST_STEPS = 2_000;

    private final String text;
    private int at;

    private BoundedPattern(String text) {
        this.text = text;
    }

    /**
     * @throws IllegalArgumentException if it is no expression of RE2 or too large
     */
    static Pattern compile(String text) {
        if (text.isEmpty() || text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "a regex must have 1 to " + LONGEST + " characters, this has " + text.length());
        }
        Pattern pattern;
        try {
            pattern = Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "regex '" + text + "' is not understood (syntax of RE2): " + e.getMessage(), e);
        }
        if (new BoundedPattern(text).steps() > MOST_STEPS) {
            throw new IllegalArgumentException(
                    "regex '"
                            + text
                            + "' repeats too much; its counted repetitions must not make more than "
                            + MOST_STEPS
                            + " steps");
        }
        return pattern;
    }

    /** Of a well-formed alternative list, up to its closing bracket or the end. */
    private long steps() {
        long all = 0;
        long last = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ')') {
                break;
            }
            if (c == '{' && last > 0 && counted()) {
                all += last * (most() - 1);
            } else if (c == '(') {
                at++;
                last = 1 + steps();
                all += last;
                at++;
            } else {
                skip();
                last = 1;
                all++;
            }
            if (all > MOST_STEPS) {
                return all;
            }
        }
        return all;
    }

    /** One character, escape or class. */
    private void skip() {
        char c = text.charAt(at++);
        if (c == '\\') {
            at++;
        } else if (c == '[') {
            at += text.startsWith("^", at) ? 1 : 0;
            at++; // a bracket that closes nothing may stand first
            while (at < text.length() && text.charAt(at) != ']') {
                boolean named = text.startsWith("[:", at);
                at = named ? text.indexOf(":]", at) + 2 : at + (text.charAt(at) == '\\' ? 2 : 1);
            }
            at++;
        }
    }

    /** Whether what stands here is a repetition and not a plain brace. */
    private boolean counted() {
        int close = text.indexOf('}', at);
        return close > at + 1
                && text.substring(at + 1, close)
                        .chars()
                        .allMatch(c -> c == ',' || c >= '0' && c <= '9');
    }

    /** The larger number of the repetition, which is read over. */
    private long most() {
        int close = text.indexOf('}', at);
        String[] numbers = text.substring(at + 1, close).split(",");
        at = close + 1;
        return Math.max(1, Long.parseLong(numbers[numbers.length - 1]));
    }
}
