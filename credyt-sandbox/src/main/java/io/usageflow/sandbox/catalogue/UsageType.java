package io.usageflow.sandbox.catalogue;

import java.util.Locale;

/** What a price counts. */
public enum UsageType {
    /** Each event costs {@code unit_price}. */
    UNIT,
    /** Each event costs {@code data[volume_field] * volume_rate / package_size}. */
    VOLUME,
    /** The sum of both. */
    UNIT_AND_VOLUME;

    public boolean countsUnits() {
        return this != VOLUME;
    }

    public boolean countsVolume() {
        return this != UNIT;
    }

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
