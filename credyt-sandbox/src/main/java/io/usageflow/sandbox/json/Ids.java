package io.usageflow.sandbox.json;

import java.util.SplittableRandom;
import java.util.UUID;

/** Ids of Credyt's looks: a prefix and 26 characters of Crockford's base 32. Thread-safe. */
public final class Ids {
    private static final char[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
    private static final int LENGTH = 26;
    private static final SplittableRandom RANDOM = new SplittableRandom();

    private Ids() {}

    public static String next(String prefix) {
        char[] id = new char[LENGTH];
        synchronized (RANDOM) {
            for (int i = 0; i < LENGTH; i++) {
                id[i] = ALPHABET[RANDOM.nextInt(ALPHABET.length)];
            }
        }
        return prefix + new String(id);
    }

    /** Whether the text is a UUID in its 36-character form; letters of either case. */
    public static boolean isUuid(String text) {
        if (text.length() != 36) {
            return false;
        }
        for (int i = 0; i < 36; i++) {
            char c = text.charAt(i);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? c != '-' : Character.digit(c, 16) < 0 || c > 'f') {
                return false;
            }
        }
        return true;
    }

    /** A key for an id in a map of millions: half the memory of its text where the id is a UUID in lower case. */
    public static Object compactKey(String id) {
        if (!isUuid(id)) {
            return id;
        }
        UUID uuid = UUID.fromString(id);
        return uuid.toString().equals(id) ? uuid : id;
    }
}
