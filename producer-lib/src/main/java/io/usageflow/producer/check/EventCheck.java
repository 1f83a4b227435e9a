package io.usageflow.producer.check;

import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.internal.encode.AvroRecords;
import io.usageflow.schema.Source;
import io.usageflow.schema.rule.EventRules;

/** Checks an event by all rules of {@code publish}, and sends nothing. */
public final class EventCheck {
    private static final AvroRecords RECORDS =
            new AvroRecords(new Source("usageflow", "check", "check"), EventRules.EVENT_BYTES_MAX);

    private EventCheck() {}

    /**
     * Returns if the event is valid and not larger than the default of {@code publish.max.event.bytes}. Thread-safe.
     *
     * @throws InvalidUsageEventException naming the fields that break a rule
     */
    public static void requireValid(UsageEvent event) {
        RECORDS.checkSize(AvroRecords.wireBytes(RECORDS.event(event)));
    }
}
