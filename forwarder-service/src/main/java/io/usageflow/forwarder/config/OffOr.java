package io.usageflow.forwarder.config;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/** A check for a key that is {@code off} or a duration. */
record OffOr(ConfigDef.Validator duration) implements ConfigDef.Validator {
    static final String OFF = "off";

    /** Empty where it is off. */
    static Optional<Duration> read(String key, String text) {
        return isOff(text) ? Optional.empty() : Optional.of(DurationText.parse(key, text));
    }

    @Override
    public void ensureValid(String key, @Nullable Object value) {
        if (value == null || !isOff(value.toString())) {
            duration.ensureValid(key, value);
        }
    }

    private static boolean isOff(String text) {
        return text.strip().equalsIgnoreCase(OFF);
    }

    @Override
    public String toString() {
        return OFF + ", or " + duration;
    }
}
