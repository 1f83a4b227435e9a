package io.usageflow.forwarder.catalogue;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Whether Credyt will bill an event, by its catalogue. */
public sealed interface BillingForecast {
    <R> R match(Function<Billed, R> onBilled, Function<NotBilled, R> onNotBilled, Function<Undecided, R> onUndecided);

    /**
     * At least one price charges the event.
     *
     * @param fees one for each price that charges it
     * @param misses prices that count the event type and do not charge this event
     */
    record Billed(List<ExpectedFee> fees, List<Miss> misses) implements BillingForecast {
        public Billed {
            fees = List.copyOf(fees);
            misses = List.copyOf(misses);
        }

        @Override
        public <R> R match(
                Function<Billed, R> onBilled, Function<NotBilled, R> onNotBilled, Function<Undecided, R> onUndecided) {
            return onBilled.apply(this);
        }
    }

    /**
     * No price charges the event.
     *
     * @param misses at least one; the first is the nearest to a charge
     */
    record NotBilled(List<Miss> misses) implements BillingForecast {
        /** For any event of a customer that Credyt does not have. */
        public static final NotBilled CUSTOMER_UNKNOWN = new NotBilled(List.of(new Miss(
                Cause.CUSTOMER_UNKNOWN,
                "Credyt has no such customer: correct the account's link, or create the customer")));

        public NotBilled {
            misses = List.copyOf(misses);
        }

        /** The miss that is nearest to a charge. */
        public Miss nearest() {
            return misses.get(0);
        }

        @Override
        public <R> R match(
                Function<Billed, R> onBilled, Function<NotBilled, R> onNotBilled, Function<Undecided, R> onUndecided) {
            return onNotBilled.apply(this);
        }
    }

    /**
     * Credyt's answers do not say enough.
     *
     * @param why the product, the version and what is missing
     */
    record Undecided(String why) implements BillingForecast {
        @Override
        public <R> R match(
                Function<Billed, R> onBilled, Function<NotBilled, R> onNotBilled, Function<Undecided, R> onUndecided) {
            return onUndecided.apply(this);
        }
    }

    /**
     * The fee of one price. Exact: Credyt's rounding is not documented.
     *
     * @param amounts by asset; of several, Credyt charges one, and which is not documented
     */
    record ExpectedFee(String productCode, int version, Optional<String> price, Map<String, BigDecimal> amounts) {
        public ExpectedFee {
            amounts = Map.copyOf(amounts);
        }
    }

    /**
     * Why something does not charge the event.
     *
     * @param detail names the field, the product or the value, and the remedy
     */
    record Miss(Cause cause, String detail) {}

    /** Why an event is not billed, from the nearest to a charge to the farthest. */
    enum Cause {
        VOLUME_MISSING,
        VOLUME_NOT_A_NUMBER,
        DIMENSION_WITHOUT_PRICE,
        PRICE_NOT_REAL_TIME,
        SUBSCRIPTION_PENDING,
        PRODUCT_NOT_SUBSCRIBED,
        NO_PRICE_FOR_EVENT_TYPE,
        CUSTOMER_UNKNOWN
    }
}
