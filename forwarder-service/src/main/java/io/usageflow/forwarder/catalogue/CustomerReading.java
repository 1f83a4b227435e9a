package io.usageflow.forwarder.catalogue;

import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import java.util.function.Function;

/** What Credyt says of a customer. */
public sealed interface CustomerReading {
    static CustomerReading of(QueryResult customer) {
        return customer.match(
                found -> new Subscribed(Subscriptions.of(found.event())),
                absent -> new Unknown(),
                unanswered -> new Unclear(unanswered.why()));
    }

    /** Whether an event of the customer is billed; {@code onSubscribed} judges it by the subscriptions. */
    BillingForecast forecast(Function<Subscriptions, BillingForecast> onSubscribed);

    /** Credyt has the customer. */
    record Subscribed(Subscriptions subscriptions) implements CustomerReading {
        @Override
        public BillingForecast forecast(Function<Subscriptions, BillingForecast> onSubscribed) {
            return onSubscribed.apply(subscriptions);
        }
    }

    /** Credyt does not have the customer. */
    record Unknown() implements CustomerReading {
        @Override
        public BillingForecast forecast(Function<Subscriptions, BillingForecast> onSubscribed) {
            return BillingForecast.NotBilled.CUSTOMER_UNKNOWN;
        }
    }

    /** Credyt's answer says nothing of the customer. */
    record Unclear(String why) implements CustomerReading {
        @Override
        public BillingForecast forecast(Function<Subscriptions, BillingForecast> onSubscribed) {
            return new BillingForecast.Undecided("Credyt says nothing about the customer: " + why);
        }
    }
}
