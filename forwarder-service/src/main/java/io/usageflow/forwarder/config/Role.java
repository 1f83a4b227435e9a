package io.usageflow.forwarder.config;

import java.util.Arrays;
import java.util.Locale;

/** A task of a forwarder process. Each role can run in processes of its own. */
public enum Role {
    ADMISSION,
    DELIVERY;

    /** The role as {@code roles} lists it. */
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
