package io.usageflow.forwarder.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Durations as written in settings: {@code 500ms}, {@code 2s}, {@code 15m}, {@code 1h}, {@code 35d}, or
 * ISO-8601 such as {@code PT15M}. A day is 24 hours. Never negative. Pure.
 */
public final class DurationText {
    static final String OFF = "off";

    private static final Pattern SHORT = Pattern.compile("(\\d{1,18})\\s*(ms|s|m|h|d)");

    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private DurationText() {}

    /**
     * Reads a duration.
     *
     * @param key the setting's name, for the message
     * @throws ConfigException if the text is not a duration, is negative, or is longer than a {@code long} of
     *     milliseconds; the message names the key and how to write it
     */
    public static Duration parse(String key, String text) {
        String trimmed = text.strip();
        Matcher matcher = SHORT.matcher(trimmed.toLowerCase(Locale.ROOT));
        try {
            Duration duration = matcher.matches()
                    ? Duration.ofMillis(
                            Math.multiplyExact(Long.parseLong(matcher.group(1)), unitMillis(matcher.group(2))))
                    : Duration.parse(trimmed);
            // Bounds every later toMillis().
            if (!duration.isNegative() && duration.toMillis() >= 0) {
                return duration;
            }
        } catch (DateTimeParseException | ArithmeticException malformed) {
            // Falls through: one message for all that is not a duration.
        }
        throw new ConfigException(key + " is '" + text
                + "', which is not a duration: write 500ms, 2s, 15m, 1h or 35d, or ISO-8601 such as PT15M");
    }

    /** The shortest text that {@link #parse} reads back as the same duration. */
    public static String write(Duration duration) {
        if (duration.toNanosPart() % 1_000_000 != 0 || duration.isNegative()) {
            return duration.toString();
        }
        long millis = duration.toMillis();
        for (String unit : new String[] {"d", "h", "m", "s"}) {
            if (millis != 0 && millis % unitMillis(unit) == 0) {
                return millis / unitMillis(unit) + unit;
            }
        }
        return millis + "ms";
    }

    /**
     * A check for a {@code STRING} key that holds a duration; both bounds are inclusive. Its text, as the
     * configuration page shows it, is {@code [1s,...,1h]}.
     */
    public static ConfigDef.Validator between(Duration min, Duration max) {
        return new Between(min, max);
    }

    static boolean isOff(String text) {
        return text.strip().equalsIgnoreCase(OFF);
    }

    private static long unitMillis(String unit) {
        Long millis = MILLIS.get(unit);
        if (millis == null) {
            throw new IllegalArgumentException("no unit of time: " + unit);
        }
        return millis;
    }

    record Between(Duration min, Duration max) implements ConfigDef.Validator {
        @Override
        public void ensureValid(String key, @Nullable Object value) {
            if (value == null) {
                throw new ConfigException(key + " is missing: write a duration such as " + write(min));
            }
            Duration duration = parse(key, value.toString());
            if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
                throw new ConfigException(
                        key + " is '" + value + "': use a duration between " + write(min) + " and " + write(max));
            }
        }

        @Override
        public String toString() {
            return "[" + write(min) + ",...," + write(max) + "]";
        }
    }

    /** A check for a key that is {@code off} or a duration. */
    record OrOff(ConfigDef.Validator duration) implements ConfigDef.Validator {
        @Override
        public void ensureValid(String key, @Nullable Object value) {
            if (value == null || !isOff(value.toString())) {
                duration.ensureValid(key, value);
            }
        }

        @Override
        public String toString() {
            return OFF + ", or " + duration;
        }
    }
}
