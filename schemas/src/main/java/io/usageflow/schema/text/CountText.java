package io.usageflow.schema.text;

import java.util.Locale;

/** Numbers of things for people, such as {@code 1 event} and {@code 2,000 events}. Pure. */
public final class CountText {
    private CountText() {}

    /** With separators of thousands. */
    public static String of(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** The number and the noun, whose plural must end in s. */
    public static String of(long number, String thing) {
        return of(number) + " " + thing + (number == 1 ? "" : "s");
    }

    /** The same with what the things do, such as {@code 1 event waits} and {@code 2 events wait}. */
    public static String of(long number, String thing, String one, String many) {
        return of(number, thing) + " " + (number == 1 ? one : many);
    }
}
