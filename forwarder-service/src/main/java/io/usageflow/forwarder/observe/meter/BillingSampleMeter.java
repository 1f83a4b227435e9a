package io.usageflow.forwarder.observe.meter;

import java.util.List;

/** The meters of billing samples. Their names are an interface. Present only with {@code billing.samples.enabled}. */
public enum BillingSampleMeter implements CataloguedMeter {
    SAMPLES(
            "usageflow.billing.samples",
            "counter",
            "events",
            List.of("result"),
            "Delivered events whose fees Credyt was asked for, by result: billed, as the catalogue says; unbilled, no"
                    + " fee; fees_differ, other amounts, prices or product versions; fees_double, a fee charged more"
                    + " than once; unjudged, Credyt does not show enough; not_found, Credyt does not have the event, as"
                    + " with a dead letter; unanswered, no usable answer; dropped, no room or no time for the sample."),
    WAITING(
            "usageflow.billing.samples.waiting",
            "gauge",
            "events",
            List.of(),
            "Samples that wait for their delivery, or for Credyt's answer."),
    SKIPPED(
            "usageflow.billing.samples.skipped",
            "counter",
            "events",
            List.of(),
            "Delivered events among which no samples were looked for, because more came than"
                    + " billing.samples.events.per.second.");

    @SuppressWarnings("ImmutableEnumChecker") // it copies its list
    private final Description description;

    BillingSampleMeter(String meterName, String kind, String unit, List<String> tags, String doc) {
        this.description = new Description(meterName, kind, unit, tags, doc);
    }

    @Override
    public Description description() {
        return description;
    }
}
