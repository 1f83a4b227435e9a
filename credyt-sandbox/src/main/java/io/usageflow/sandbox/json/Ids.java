package io.usageflow.sandbox.json;

import java.util.SplittableRandom;
import java.util.UUID;

/** Ids that look like Credyt's: a prefix and 26 characters of Crockford's base 32. Thread-safe. */
public final class Ids {
    private static final char[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
    private static final int LENGTH = 26;
    private static final int UUID_LENGTH = 36;
    private static final int UUID_MIDDLE = 19;
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
        if (text.length() != UUID_LENGTH) {
            return false;
        }
        for (int i = 0; i < UUID_LENGTH; i++) {
            char c = text.charAt(i);
            if (isDash(i) ? c != '-' : Character.digit(c, 16) < 0 || c > 'f') {
                return false;
            }
        }
        return true;
    }

    /** A key for an id in a map of millions: half the memory of its text if the id is a UUID in lower case. */
    public static Object compactKey(String id) {
        if (id.length() != UUID_LENGTH) {
            return id;
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < UUID_LENGTH; i++) {
            char c = id.charAt(i);
            if (isDash(i)) {
                if (c != '-') {
                    return id;
                }
                continue;
            }
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (digit < 0) {
                return id;
            }
            if (i < UUID_MIDDLE) {
                high = high << 4 | digit;
            } else {
                low = low << 4 | digit;
            }
        }
        return new UUID(high, low);
    }

    private static boolean isDash(int place) {
        return place == 8 || place == 13 || place == 18 || place == 23;
    }
}
