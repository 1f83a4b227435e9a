package io.usageflow.sandbox.product;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/**
 * Credits that come with a product. Immutable.
 *
 * @param lifetime absent for credits that never expire
 * @param refreshed whether new credits replace the expired ones; else they are granted once
 */
public record Entitlement(String asset, BigDecimal amount, Optional<Lifetime> lifetime, boolean refreshed) {
    /**
     * How long credits last.
     *
     * @param count at least 1
     */
    public record Lifetime(Unit unit, int count) {
        public Instant after(Instant start) {
            return start.atOffset(ZoneOffset.UTC).plus(count, unit.chrono).toInstant();
        }
    }

    /** The values of {@code lifecycle.duration}; only {@code month} is shown in the sources. */
    public enum Unit {
        DAY(ChronoUnit.DAYS),
        WEEK(ChronoUnit.WEEKS),
        MONTH(ChronoUnit.MONTHS),
        YEAR(ChronoUnit.YEARS);

        private final ChronoUnit chrono;

        Unit(ChronoUnit chrono) {
            this.chrono = chrono;
        }

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
