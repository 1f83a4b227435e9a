package io.usageflow.producer.internal;

import java.util.Collection;
import java.util.Optional;

/** What was probably meant. Pure. */
final class Spelling {
    /** More wrong letters than that, and it is another word. */
    private static final int EDITS_MAX = 4;

    private Spelling() {}

    /** The known word with the fewest letters to change, if they are few. */
    static Optional<String> nearest(String word, Collection<String> known) {
        String nearest = null;
        int fewest = Math.min(EDITS_MAX, word.length() / 2) + 1;
        for (String candidate : known) {
            int edits = edits(word, candidate);
            if (edits < fewest || (edits == fewest && nearest != null && candidate.compareTo(nearest) < 0)) {
                nearest = candidate;
                fewest = edits;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** Levenshtein's distance, by rows. */
    private static int edits(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j < above.length; j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[above.length];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int change = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
