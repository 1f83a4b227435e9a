package io.usageflow.sandbox.pricing;

import java.math.BigDecimal;
import java.util.function.Function;
import java.util.function.Supplier;

/** What one price makes of one event. Sealed: an event is billed, not meant, or cannot be measured. */
public sealed interface Charge {
    /** @param amount exact; 0 is a fee too */
    record Due(BigDecimal amount, String asset) implements Charge {
        @Override
        public <T> T match(Function<Due, T> due, Supplier<T> notMeant, Function<Unmeasurable, T> unmeasurable) {
            return due.apply(this);
        }
    }

    /** The price counts other event types, or has no tariff for the event's dimensions. */
    record NotMeant() implements Charge {
        @Override
        public <T> T match(Function<Due, T> due, Supplier<T> notMeant, Function<Unmeasurable, T> unmeasurable) {
            return notMeant.get();
        }
    }

    /** @param volumeField the key in {@code data} where a number should stand */
    record Unmeasurable(String volumeField) implements Charge {
        @Override
        public <T> T match(Function<Due, T> due, Supplier<T> notMeant, Function<Unmeasurable, T> unmeasurable) {
            return unmeasurable.apply(this);
        }
    }

    <T> T match(Function<Due, T> due, Supplier<T> notMeant, Function<Unmeasurable, T> unmeasurable);
}
