package io.usageflow.forwarder.publish.line;

import io.usageflow.forwarder.publish.line.LineSource.BadLineException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses texts that replace a missing or damaged id. Under such an id many usages would be one: the first is billed,
 * and the others are conflicts or count as repeats. Pure.
 */
public final class GivenId {
    /** How languages, databases and spreadsheets write a missing or invalid value, in lower case. */
    private static final Set<String> PLACEHOLDERS = Set.of(
            "none",
            "null",
            "nil",
            "nan",
            "na",
            "n/a",
            "#n/a",
            "#ref!",
            "#value!",
            "#name?",
            "\\n",
            "(null)",
            "<null>",
            "<nil>",
            "(none)",
            "undefined",
            "[object object]",
            "unknown",
            "inf",
            "-inf",
            "infinity",
            "-infinity",
            "-",
            "--",
            "?",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff");

    /**
     * A long number as spreadsheets and floats write it: 1.23457E+15 can be many numbers. A commit's 12e5 is not one.
     */
    private static final Pattern SHORTENED = Pattern.compile("[+-]?\\d+(?:[.,]\\d+[eE][+-]?|[eE][+-])\\d+");

    private GivenId() {}

    /** Returns why the text is no id; null if it may be one. */
    public static @Nullable String faultOf(String text) {
        String word = text.strip();
        if (PLACEHOLDERS.contains(word.toLowerCase(Locale.ROOT))) {
            return "'" + word + "' stands for a missing id";
        }
        if (SHORTENED.matcher(word).matches()) {
            return "'" + word + "' is a number that a program shortened, so that several ids became one";
        }
        return null;
    }

    /**
     * Returns the id.
     *
     * @throws BadLineException if it is a placeholder
     */
    public static String of(String id) throws BadLineException {
        String fault = faultOf(id);
        if (fault != null) {
            throw new BadLineException("id: " + fault + ": " + REMEDY);
        }
        return id;
    }

    static final String REMEDY = "export the ids as text, leave the id out so that one is derived from the line, or"
            + " derive it from other fields with --id-from";
}
