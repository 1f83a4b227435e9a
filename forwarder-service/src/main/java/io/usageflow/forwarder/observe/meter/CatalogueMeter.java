package io.usageflow.forwarder.observe.meter;

import java.util.List;

/**
 * The catalogue's meters. Their names are an interface: dashboards and alerts use them. Counters count what this
 * process did since its start.
 */
public enum CatalogueMeter implements CataloguedMeter {
    BILLABLE(
            "usageflow.catalogue.billable",
            "counter",
            "events",
            List.of("event_type"),
            "Events that Credyt will bill, by its catalogue. Types beyond the first 100 are counted as other."),
    NOT_BILLABLE(
            "usageflow.catalogue.not.billable",
            "counter",
            "events",
            List.of("event_type", "cause"),
            "Events that Credyt will not bill, by its catalogue; the causes are those of catalogue check"
                    + " (docs/finance.md), in small letters."),
    UNJUDGED(
            "usageflow.catalogue.unjudged",
            "counter",
            "events",
            List.of("cause"),
            "Events that were not judged: free, their type needs no price; undecided, Credyt does not show enough;"
                    + " not_read, the catalogue or the customer had not been read."),
    AGE(
            "usageflow.catalogue.age",
            "gauge",
            "seconds",
            List.of(),
            "How long ago Credyt's products were read; before the first reading, how long they have been wanted."),
    CUSTOMERS(
            "usageflow.catalogue.customers",
            "gauge",
            "customers",
            List.of(),
            "Customers whose subscriptions are in memory."),
    CUSTOMERS_UNREAD(
            "usageflow.catalogue.customers.unread",
            "gauge",
            "customers",
            List.of(),
            "Customers whose subscriptions wait to be read for the first time.");

    @SuppressWarnings("ImmutableEnumChecker") // it copies its list
    private final Description description;

    CatalogueMeter(String meterName, String kind, String unit, List<String> tags, String doc) {
        description = new Description(meterName, kind, unit, tags, doc);
    }

    @Override
    public Description description() {
        return description;
    }
}
