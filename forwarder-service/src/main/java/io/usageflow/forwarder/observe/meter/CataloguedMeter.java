package io.usageflow.forwarder.observe.meter;

import java.util.List;

/** A meter that is defined once, for the code that moves it and for the page that explains it. */
public interface CataloguedMeter {
    Description description();

    /** Micrometer's name; Prometheus writes it with underscores. */
    default String meterName() {
        return description().meterName();
    }

    /** {@code counter}, {@code gauge}, {@code timer} or {@code summary}. */
    default String kind() {
        return description().kind();
    }

    /** Base unit; empty where there is none. */
    default String unit() {
        return description().unit();
    }

    default List<String> tags() {
        return description().tags();
    }

    /** One sentence for the metrics page. */
    default String doc() {
        return description().doc();
    }

    /** What the catalogue says of one meter; the parts are those of {@link CataloguedMeter}. Immutable. */
    record Description(String meterName, String kind, String unit, List<String> tags, String doc) {
        public Description {
            tags = List.copyOf(tags);
        }
    }
}
