package io.usageflow.forwarder.config;

import java.util.Arrays;
import java.util.Locale;

/** What one process of the forwarder does; roles can run apart, each any number of times. */
public enum Role {
    ADMISSION,
    DELIVERY;

    /** As {@code roles} lists it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static String[] words() {
        return Arrays.stream(values()).map(Role::word).toArray(String[]::new);
    }

    static Role of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
