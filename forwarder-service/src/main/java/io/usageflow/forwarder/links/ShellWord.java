package io.usageflow.forwarder.links;

import io.usageflow.schema.text.VisibleText;
import java.util.regex.Pattern;

/** A text as one word of a shell, so that a command that is shown can be copied whatever the name holds. Pure. */
public final class ShellWord {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+,=-]+");

    private ShellWord() {}

    public static String of(String text) {
        if (!text.codePoints().allMatch(VisibleText::isVisible)) {
            return ansi(text);
        }
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    /** An option of a command with a space before it; nothing without a value. */
    public static String option(String name, String value) {
        return value.isEmpty() ? "" : " " + name + " " + of(value);
    }

    /** What is not seen is written as bash and zsh read it between {@code $'} and {@code '}. */
    private static String ansi(String text) {
        var word = new StringBuilder("$'");
        text.codePoints().forEach(codePoint -> {
            if (!VisibleText.isVisible(codePoint)) {
                word.append(String.format(codePoint > 0xFFFF ? "\\U%08X" : "\\u%04X", codePoint));
            } else {
                word.append(codePoint == '\'' || codePoint == '\\' ? "\\" : "").appendCodePoint(codePoint);
            }
        });
        return word.append('\'').toString();
    }
}
