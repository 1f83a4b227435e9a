package io.usageflow.schema.text;

import java.util.Collection;
import java.util.Optional;

/** Finds the known word that a mistyped one was probably meant to be. Pure. */
public final class Suggestion {
    private Suggestion() {}

    /**
     * The known word with the fewest edits, if they are at most a third of the typed word's length, and at least 2; the
     * first in alphabetical order of several.
     */
    public static Optional<String> of(String typed, Collection<String> known) {
        String nearest = null;
        int fewest = Math.max(2, typed.length() / 3);
        for (String word : known) {
            int edits = edits(typed, word);
            if (edits < fewest || (edits == fewest && (nearest == null || word.compareTo(nearest) < 0))) {
                nearest = word;
                fewest = edits;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** Levenshtein distance: insertions, deletions and replacements of one character. */
    private static int edits(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int column = 0; column < above.length; column++) {
            above[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[above.length];
            current[0] = row;
            for (int column = 1; column < current.length; column++) {
                int replaced = above[column - 1] + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, Math.min(above[column], current[column - 1]) + 1);
            }
            above = current;
        }
        return above[to.length()];
    }
}
