package io.usageflow.producer.testkit;

import io.usageflow.schema.UsageEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.AbstractAssert;

/** Assertions on all published events. */
public final class RecordedAssert extends AbstractAssert<RecordedAssert, RecordingUsagePublisher> {
    RecordedAssert(RecordingUsagePublisher actual) {
        super(actual, RecordedAssert.class);
    }

    public RecordedAssert hasPublished(int count) {
        List<UsageEvent> events = actual.events();
        if (events.size() != count) {
            failWithMessage("expected %s published events but there were %s: %s", count, events.size(), events);
        }
        return this;
    }

    public RecordedAssert hasPublishedNothing() {
        return hasPublished(0);
    }

    /** Each id occurs once: nothing was reported twice, and no two usages share an id. */
    public RecordedAssert hasNoRepeatedIds() {
        Set<String> seen = new HashSet<>();
        for (UsageEvent event : actual.events()) {
            if (!seen.add(event.getId())) {
                failWithMessage("expected each id once, but %s was published again: %s", event.getId(), event);
            }
        }
        return this;
    }

    /** The only event of the type, for further assertions. */
    public RecordedEventAssert published(String eventType) {
        List<UsageEvent> events = actual.events(eventType);
        if (events.size() != 1) {
            failWithMessage(
                    "expected one event of type '%s' but there were %s among %s",
                    eventType, events.size(), actual.events());
        }
        return new RecordedEventAssert(events.get(0));
    }
}
