package dev.outrider.sidecar.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes what variables and files held out of a sentence, since it may be a secret and sentences go
 * to logs: each run of it becomes the words that took it in. A part of it is hidden too, if it is
 * long enough to tell something; what is shorter than a password is not.
 *
 * @param filledIn those words, by what was filled in
 */
record Concealment(Map<String, String> filledIn) {
    private static final int SHORTEST = 4;
    private static final int SHORTEST_PART = 8;

    private record Run(int length, String words) {}

    String of(String sentence) {
        StringBuilder told = new StringBuilder(sentence.length());
        int at = 0;
        while (at < sentence.length()) {
            Run run = longest(sentence, at);
            if (run == null) {
                told.append(sentence.charAt(at));
                at++;
            } else {
                told.append(run.words());
                at += run.length();
            }
        }
        return told.toString();
    }

    /** Words that stand there already are left as they are, whatever anything held. */
    private @Nullable Run longest(String sentence, int from) {
        Run longest = null;
        if (sentence.startsWith("${", from)) {
            for (String words : filledIn.values()) {
                if (sentence.startsWith(words, from)) {
                    return new Run(words.length(), words);
                }
            }
        }
        for (Map.Entry<String, String> each : filledIn.entrySet()) {
            int length = run(sentence, from, each.getKey());
            if (length > 0 && (longest == null || length > longest.length())) {
                longest = new Run(length, each.getValue());
            }
        }
        return longest;
    }

    /** How much of what stands there is the secret, or a part of it; zero if that is too little. */
    private static int run(String sentence, int from, String secret) {
        if (secret.length() >= SHORTEST && sentence.startsWith(secret, from)) {
            return secret.length();
        }
        int to = from + SHORTEST_PART;
        if (to > sentence.length() || !secret.contains(sentence.substring(from, to))) {
            return 0;
        }
        while (to < sentence.length() && secret.contains(sentence.substring(from, to + 1))) {
            to++;
        }
        return to - from;
    }
}
