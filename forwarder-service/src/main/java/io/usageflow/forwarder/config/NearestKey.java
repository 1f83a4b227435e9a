package io.usageflow.forwarder.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the key that a mistyped one was meant to be. Pure. */
public final class NearestKey {
    private NearestKey() {}

    /** The known key with the fewest edits, where that is at most a third of the typed key's length. */
    public static Optional<String> of(String typed, Collection<String> known) {
        return known.stream()
                .filter(key -> distance(typed, key) <= Math.max(2, typed.length() / 3))
                .min(Comparator.comparingInt((String key) -> distance(typed, key))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Levenshtein's: insertions, deletions and replacements of one character. */
    static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = above[column - 1] + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, Math.min(above[column], current[column - 1]) + 1);
            }
            above = current;
        }
        return above[to.length()];
    }
}
