package io.usageflow.forwarder.catalogue;

import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import java.util.function.Function;

/** What Credyt says of a customer. */
public sealed interface CustomerReading {
    /** Credyt has the customer. */
    record Subscribed(Subscriptions subscriptions) implements CustomerReading {}

    /** Credyt does not have the customer. */
    record Unknown() implements CustomerReading {}

    /** Credyt's answer says nothing of the customer. */
    record Unclear(String why) implements CustomerReading {}

    static CustomerReading of(QueryResult customer) {
        return customer.match(
                found -> new Subscribed(Subscriptions.of(found.event())),
                absent -> new Unknown(),
                unanswered -> new Unclear(unanswered.why()));
    }

    /** Whether an event of the customer is billed; {@code onSubscribed} judges it by the subscriptions. */
    default BillingForecast forecast(Function<Subscriptions, BillingForecast> onSubscribed) {
        if (this instanceof Subscribed customer) {
            return onSubscribed.apply(customer.subscriptions());
        }
        return this instanceof Unclear unclear
                ? new BillingForecast.Undecided("Credyt says nothing about the customer: " + unclear.why())
                : BillingForecast.NotBilled.CUSTOMER_UNKNOWN;
    }
}
