package io.usageflow.schema.text;

import java.time.Duration;
import java.time.Instant;

/** Ages and durations for people: the two largest units that matter, such as {@code 3 d 4 h}. Pure. */
public final class AgeText {
    private AgeText() {}

    public static String of(Instant since, Instant now) {
        return of(Duration.between(since, now));
    }

    /** What is negative, because two clocks differ, counts as nothing. */
    public static String of(Duration age) {
        Duration counted = age.isNegative() ? Duration.ZERO : age;
        if (counted.toDays() > 0) {
            return counted.toDays() + " d " + counted.toHoursPart() + " h";
        }
        if (counted.toHours() > 0) {
            return counted.toHours() + " h " + counted.toMinutesPart() + " min";
        }
        return counted.toMinutes() > 0
                ? counted.toMinutes() + " min " + counted.toSecondsPart() + " s"
                : counted.toSeconds() + " s";
    }
}
