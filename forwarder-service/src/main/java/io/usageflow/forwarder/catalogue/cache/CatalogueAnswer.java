package io.usageflow.forwarder.catalogue.cache;

import io.usageflow.forwarder.catalogue.BillingForecast;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** What the catalogue as last read says of an event. */
public sealed interface CatalogueAnswer {
    <R> R match(Supplier<R> onFree, Function<Known, R> onKnown, Function<NotRead, R> onNotRead);

    /** The forecast; empty for an event type that needs no price, and before the catalogue was read. */
    default Optional<BillingForecast> asForecast() {
        return match(Optional::empty, known -> Optional.of(known.forecast()), notRead -> Optional.empty());
    }

    /** The operator has named the event type as one that has no price. */
    record Free() implements CatalogueAnswer {
        @Override
        public <R> R match(Supplier<R> onFree, Function<Known, R> onKnown, Function<NotRead, R> onNotRead) {
            return onFree.get();
        }
    }

    /**
     * The catalogue and the customer's subscriptions were read.
     *
     * @param age of the older of the two readings
     * @param stale whether that is more than {@code catalogue.max.age}
     */
    record Known(BillingForecast forecast, Duration age, boolean stale) implements CatalogueAnswer {
        @Override
        public <R> R match(Supplier<R> onFree, Function<Known, R> onKnown, Function<NotRead, R> onNotRead) {
            return onKnown.apply(this);
        }
    }

    /**
     * The catalogue or the customer's subscriptions were never read.
     *
     * @param since for how long the reading has been wanted
     */
    record NotRead(Duration since) implements CatalogueAnswer {
        @Override
        public <R> R match(Supplier<R> onFree, Function<Known, R> onKnown, Function<NotRead, R> onNotRead) {
            return onNotRead.apply(this);
        }
    }
}
