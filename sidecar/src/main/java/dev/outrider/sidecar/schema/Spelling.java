package dev.outrider.sidecar.schema;

import java.util.Collection;
import java.util.Locale;

/** Turns an unknown word into a hint: the nearest known one, or the list of all. */
final class Spelling {
    private Spelling() {}

    static String hint(String unknown, Collection<String> known) {
        String nearest = null;
        int best = Math.max(1, unknown.length() / 3) + 1;
        for (String word : known) {
            int distance =
                    distance(unknown.toLowerCase(Locale.ROOT), word.toLowerCase(Locale.ROOT));
            if (distance < best) {
                best = distance;
                nearest = word;
            }
        }
        return nearest != null
                ? "; did you mean '" + nearest + "'?"
                : "; known here: " + String.join(", ", known);
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
