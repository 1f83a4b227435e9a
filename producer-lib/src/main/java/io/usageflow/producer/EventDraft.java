package io.usageflow.producer;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one {@link UsageEvent}, except data and costs. Written only between {@link #copy} and the constructor
 * of the event, which keeps it in a final field: every thread sees it complete and unchanging.
 */
final class EventDraft {
    EventId id;
    String eventType;
    Instant occurredAt;
    boolean timeGiven;
    // Null until set: the rules report a missing account.
    @Nullable
    String account;

    @Nullable
    String customerId;

    @Nullable
    String customerExternalId;

    @Nullable
    String subject;

    @Nullable
    String description;

    @Nullable
    String traceparent;

    EventDraft(EventId id, String eventType, Instant occurredAt) {
        this.id = id;
        this.eventType = eventType;
        this.occurredAt = occurredAt;
    }

    EventDraft copy() {
        EventDraft copy = new EventDraft(id, eventType, occurredAt);
        copy.timeGiven = timeGiven;
        copy.account = account;
        copy.customerId = customerId;
        copy.customerExternalId = customerExternalId;
        copy.subject = subject;
        copy.description = description;
        copy.traceparent = traceparent;
        return copy;
    }

    /** One entry of data, linked to the earlier ones: adding an entry copies nothing. */
    record Datum(
            String key, @Nullable Object value, @Nullable Datum before, int size) {
        static Datum after(@Nullable Datum before, String key, @Nullable Object value) {
            return new Datum(key, value, before, before == null ? 1 : before.size + 1);
        }
    }

    /** One cost, linked to the earlier ones. */
    record CostNode(Cost cost, @Nullable CostNode before, int size) {
        static CostNode after(@Nullable CostNode before, Cost cost) {
            return new CostNode(cost, before, before == null ? 1 : before.size + 1);
        }
    }
}
