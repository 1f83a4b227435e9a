package io.usageflow.forwarder.observe.meter;

import java.util.List;

/** Meters of open dead letters. Their names are an interface. Every process counts all, so take their maximum. */
public enum DeadLetterMeter implements CataloguedMeter {
    OPEN(
            "usageflow.dead.letters.open",
            "gauge",
            "events",
            List.of("reason"),
            "Dead letters without an answer, over all partitions, when they were counted last"
                    + " (dead.letters.count.every); those of a later version's reasons as other. NaN before the first"
                    + " count."),
    OLDEST_AGE(
            "usageflow.dead.letters.oldest.age",
            "gauge",
            "seconds",
            List.of(),
            "How long ago the oldest of them failed last; 0 where there is none, NaN before the first count."),
    AGE(
            "usageflow.dead.letters.age",
            "gauge",
            "seconds",
            List.of(),
            "How long ago they were counted; before the first count, how long it has been wanted.");

    @SuppressWarnings("ImmutableEnumChecker") // it copies its list
    private final Description description;

    DeadLetterMeter(String meterName, String kind, String unit, List<String> tags, String doc) {
        description = new Description(meterName, kind, unit, tags, doc);
    }

    @Override
    public Description description() {
        return description;
    }
}
