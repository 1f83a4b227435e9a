package io.usageflow.forwarder.links;

import java.util.regex.Pattern;

/** A text as one word of a POSIX shell, so that a command that is shown can be copied whatever the name holds. Pure. */
final class ShellWord {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+,=-]+");

    private ShellWord() {}

    static String of(String text) {
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
