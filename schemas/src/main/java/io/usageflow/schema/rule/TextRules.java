package io.usageflow.schema.rule;

import io.usageflow.schema.rule.Violation.ViolationCollector;
import io.usageflow.schema.text.VisibleText;
import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/**
 * Which characters a text may have. Pure, and cheap for what nearly all texts are: printable ASCII.
 *
 * <p>A name is stricter than other text: two names that people cannot tell apart are two accounts at Credyt. Unassigned
 * code points are refused in names only. What is unassigned differs between Java versions; where publisher and
 * admission disagree, the event becomes a dead letter that names the character.
 */
final class TextRules {
    static final int CLEAN = -1;

    /**
     * The character that a decoder writes for bytes that are not UTF-8. Two names that differ only there would become
     * one, so no name may contain it: such an id could make a first event a duplicate.
     */
    private static final int REPLACEMENT = 0xFFFD;

    /** Below it, every text is in Unicode's composed form. */
    private static final char COMBINING_FIRST = 0x300;

    /** How much of Unicode a text may use; each includes the one before. */
    enum Alphabet {
        /** Names: {@link VisibleText#isVisible visible} characters, without the replacement character. */
        NAME,
        /**
         * One line that a reader can retype: no control, separator or invisible format characters, and no replacement
         * character.
         */
        PRINTABLE,
        /** Prose: also line feeds, tabs and format characters, which joined emoji need. */
        PROSE,
        /** A value that only programs read: whatever UTF-8 and JSON carry everywhere, so all but U+0000. */
        ENCODABLE
    }

    private TextRules() {}

    /** Index of the first character outside the alphabet, or {@link #CLEAN}. */
    static int firstBad(String text, Alphabet alphabet) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x7f) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                if (!allowed(text.codePointAt(i), alphabet)) {
                    return i;
                }
                i++;
            } else if (!allowed(c, alphabet)) {
                return i;
            }
        }
        return CLEAN;
    }

    /** Describes the character at the index. */
    static String describe(String text, int index) {
        int codePoint = text.codePointAt(index);
        String meaning = codePoint == REPLACEMENT ? ", which stands for bytes that were not UTF-8," : "";
        return String.format("has the character U+%04X%s at position %d", codePoint, meaning, index);
    }

    /** 1 to {@code max} characters without a {@link #faultOf fault}. */
    static void name(
            ViolationCollector violations, Violation.Field field, String path, @Nullable String value, int max) {
        String remedy = "use 1 to " + max + " printable characters";
        if (value == null || value.isBlank()) {
            violations.add(field, path, value == null ? "is missing" : "is empty", remedy);
        } else if (value.length() > max) {
            violations.add(field, path, "has " + value.length() + " characters", remedy);
        } else {
            Fault fault = faultOf(value);
            if (fault != null) {
                violations.add(field, path, fault.wrong, fault.remedy == null ? remedy : fault.remedy);
            }
        }
    }

    /** @param remedy null if the characters that are allowed say it */
    record Fault(String wrong, @Nullable String remedy) {}

    /** Why the name could be mistaken for another one; null if it cannot. */
    static @Nullable Fault faultOf(String name) {
        int bad = firstBad(name, Alphabet.NAME);
        if (bad != CLEAN) {
            return new Fault(describe(name, bad), null);
        }
        if (name.startsWith(" ") || name.endsWith(" ")) {
            String where = name.startsWith(" ") ? "begins" : "ends";
            return new Fault(where + " with a blank", "leave out the blanks around it");
        }
        if (!isComposed(name)) {
            return new Fault(
                    "is not in Unicode's composed form (NFC), so that it looks like another text",
                    "normalize it to NFC");
        }
        return null;
    }

    private static boolean isComposed(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= COMBINING_FIRST) {
                return Normalizer.isNormalized(name, Normalizer.Form.NFC);
            }
        }
        return true;
    }

    /** Null or at most {@code max} characters of the alphabet. */
    static void text(
            ViolationCollector violations,
            Violation.Field field,
            String path,
            @Nullable String value,
            int max,
            Alphabet alphabet) {
        if (value == null) {
            return;
        }
        if (value.length() > max) {
            violations.add(field, path, "has " + value.length() + " characters", "use at most " + max);
            return;
        }
        int bad = firstBad(value, alphabet);
        if (bad != CLEAN) {
            violations.add(field, path, describe(value, bad), remedyFor(alphabet));
        }
    }

    private static String remedyFor(Alphabet alphabet) {
        return switch (alphabet) {
            case NAME, PRINTABLE -> "use printable characters only";
            case PROSE -> "use printable characters, line feeds and tabs only";
            case ENCODABLE -> "leave out U+0000 and halves of surrogate pairs";
        };
    }

    private static boolean allowed(int codePoint, Alphabet alphabet) {
        if (alphabet == Alphabet.NAME) {
            return codePoint != REPLACEMENT && VisibleText.isVisible(codePoint);
        }
        return switch (Character.getType(codePoint)) {
            // Half a pair: UTF-8 cannot say it, and Avro would write '?' in its place.
            case Character.SURROGATE -> false;
            case Character.CONTROL ->
                codePoint != 0
                        && (alphabet == Alphabet.ENCODABLE
                                || (alphabet == Alphabet.PROSE && (codePoint == '\n' || codePoint == '\t')));
            case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.FORMAT ->
                alphabet != Alphabet.PRINTABLE;
            default -> codePoint != REPLACEMENT || alphabet != Alphabet.PRINTABLE;
        };
    }
}
