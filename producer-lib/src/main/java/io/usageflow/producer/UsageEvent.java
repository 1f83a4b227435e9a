package io.usageflow.producer;

import io.usageflow.producer.EventDraft.CostNode;
import io.usageflow.producer.EventDraft.Datum;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One billable or tracked action of an account. Immutable and thread-safe: every method returns a new value and leaves
 * this one unchanged, so use the returned value.
 *
 * <pre>{@code
 * UsageEvent.of("message_completed").id(EventId.derive("message", message.id())).account("acct_42")
 *         .data("model", "gpt-4").data("total_tokens", 1500)
 *         .cost(Cost.of("openai", new BigDecimal("0.0161"), "USD"))
 * }</pre>
 *
 * <p><b>One value is one business fact.</b> The id, random unless given, is generated in {@link #of} and kept by every
 * method: publishing the value again, after any error, is a retry and not a second charge. Therefore a value is not a
 * template for other events; use {@link #asNew} for that.
 *
 * <p>{@code publish} checks all rules ({@link io.usageflow.schema.rule.EventRules}) at once. Only values that cannot be
 * kept exactly are refused by the method itself.
 */
public final class UsageEvent {
    /** The event type of {@link #forCosts}. */
    public static final String COST_RECORDED = "cost_recorded";

    private final EventDraft draft;
    // Separate fields, so that the most frequent calls copy least.
    private final @Nullable Datum data;
    private final @Nullable CostNode costs;

    private UsageEvent(EventDraft draft, @Nullable Datum data, @Nullable CostNode costs) {
        this.draft = draft;
        this.data = data;
        this.costs = costs;
    }

    /**
     * An event that occurs now, with a random id.
     *
     * @param eventType what happened, 1 to 128 printable characters; it is billed only if a price at Credyt has the
     *     same event type
     */
    public static UsageEvent of(String eventType) {
        return new UsageEvent(new EventDraft(EventId.generate(), eventType, Instant.now()), null, null);
    }

    /**
     * Costs without usage, such as a vendor's invoice: an event of type {@value #COST_RECORDED}. Give it a derived id,
     * because imports are often repeated.
     */
    public static UsageEvent forCosts(String account, Cost first, Cost... more) {
        UsageEvent event = of(COST_RECORDED).account(account).cost(first);
        for (Cost cost : more) {
            event = event.cost(cost);
        }
        return event;
    }

    /** See {@link EventId} first. */
    public UsageEvent id(EventId id) {
        return with(d -> d.id = id);
    }

    /** 1 to 128 printable characters; see {@link EventId}. */
    public UsageEvent id(String id) {
        return id(EventId.of(id));
    }

    public UsageEvent id(UUID id) {
        return id(EventId.of(id));
    }

    /** The same content as another business fact: with a new random id, occurring now. */
    public UsageEvent asNew() {
        return with(d -> {
            d.id = EventId.generate();
            d.occurredAt = Instant.now();
            d.timeGiven = false;
        });
    }

    public UsageEvent eventType(String eventType) {
        return with(d -> d.eventType = eventType);
    }

    /**
     * When it happened; default: the time of {@link #of}. Kept in microseconds. The forwarder holds an event that is
     * older than the dedup window (35 days by default) as a dead letter, because it could not recognize a repetition.
     */
    public UsageEvent occurredAt(Instant occurredAt) {
        if (occurredAt == null) {
            throw new InvalidUsageEventException(
                    "occurred_at", "occurred_at is null: give the time of the usage, or do not call occurredAt");
        }
        return with(d -> {
            d.occurredAt = occurredAt;
            d.timeGiven = true;
        });
    }

    /** Required: your own id for the customer, 1 to 256 printable characters. An account's events keep their order. */
    public UsageEvent account(String account) {
        return with(d -> d.account = account);
    }

    /** Credyt's own id for the customer; overrides the account's link. At most one of this and the external id. */
    public UsageEvent customerId(@Nullable String customerId) {
        return with(d -> d.customerId = customerId);
    }

    /** The id you registered for the customer at Credyt; overrides the account's link. */
    public UsageEvent customerExternalId(@Nullable String customerExternalId) {
        return with(d -> d.customerExternalId = customerExternalId);
    }

    /** The chat, job or similar that the event belongs to; at most 256 printable characters. */
    public UsageEvent subject(@Nullable String subject) {
        return with(d -> d.subject = subject);
    }

    /** For readers; at most 1024 characters, line feeds allowed. */
    public UsageEvent description(@Nullable String description) {
        return with(d -> d.description = description);
    }

    /**
     * The W3C trace context this event belongs to, carried as a record header.
     *
     * @throws InvalidUsageEventException if it is not in W3C form, version 00
     */
    public UsageEvent traceparent(String traceparent) {
        String checked = TraceParent.checked(traceparent);
        return with(d -> d.traceparent = checked);
    }

    /** Adds a cost; at most 50. */
    public UsageEvent cost(Cost cost) {
        return new UsageEvent(draft, data, CostNode.after(costs, cost));
    }

    // The quantities and dimensions that pricing looks at: at most 100, keys of 1 to 128 printable characters; the last
    // value given for a key counts.

    /** A text of at most 8192 characters, or null. */
    public UsageEvent data(String key, @Nullable String value) {
        return datum(key, value);
    }

    public UsageEvent data(String key, long value) {
        return datum(key, value);
    }

    public UsageEvent data(String key, int value) {
        return datum(key, (long) value);
    }

    public UsageEvent data(String key, boolean value) {
        return datum(key, value);
    }

    /** Kept exactly, whatever its size and scale up to 1000 digits. */
    public UsageEvent data(String key, BigDecimal value) {
        return datum(key, value == null ? null : DataValues.of(value));
    }

    /** Kept exactly, up to 1000 digits. */
    public UsageEvent data(String key, BigInteger value) {
        return datum(key, value == null ? null : DataValues.of(value));
    }

    /**
     * The shortest decimal that is the same double: {@code 0.1} is sent as 0.1. Not for money.
     *
     * @throws InvalidUsageEventException for NaN and infinities
     */
    public UsageEvent data(String key, double value) {
        return datum(key, DataValues.of(key, value));
    }

    /** The shortest decimal that is the same float; as for double. */
    public UsageEvent data(String key, float value) {
        return datum(key, DataValues.of(key, value));
    }

    /**
     * A nested value: copied at once, and sent as JSON of at most 65536 characters and 8 levels.
     *
     * @param value of null, String, Boolean, numbers, and Maps and Lists of these
     * @throws InvalidUsageEventException for any other type and for keys that are not Strings, with the path to it
     */
    public UsageEvent data(String key, Map<String, ?> value) {
        return datum(key, value == null ? null : DataValues.json(key, value));
    }

    /** A time, sent as text: {@code 2026-11-23T12:00:00Z}. For when the usage happened there is {@link #occurredAt}. */
    public UsageEvent data(String key, Instant value) {
        return datum(key, value == null ? null : value.toString());
    }

    /** The constant's name. */
    public UsageEvent data(String key, Enum<?> value) {
        return datum(key, value == null ? null : value.name());
    }

    /** A nested value; as for Map. */
    public UsageEvent data(String key, List<?> value) {
        return datum(key, value == null ? null : DataValues.json(key, value));
    }

    /** An explicit null, which is not the same as no entry. */
    public UsageEvent dataNull(String key) {
        return datum(key, null);
    }

    /**
     * Adds every entry, by its value's type.
     *
     * @throws InvalidUsageEventException for a value of a type that {@code data} does not take
     */
    public UsageEvent dataAll(Map<String, ? extends @Nullable Object> entries) {
        Datum newest = data;
        for (Map.Entry<String, ? extends @Nullable Object> entry : entries.entrySet()) {
            newest = Datum.after(newest, entry.getKey(), DataValues.ofAny(entry.getKey(), entry.getValue()));
        }
        return new UsageEvent(draft, newest, costs);
    }

    /**
     * Adds every component of a record, by its type: {@code record Usage(String model, long totalTokens)} gives {@code
     * model} and {@code total_tokens}. A component that is null, or an empty Optional, is left out; a record inside is
     * a nested value, named in the same way.
     *
     * @throws InvalidUsageEventException for a component of a type that {@code data} does not take, and for a record
     *     that its module does not open to this library
     */
    public UsageEvent data(Record fields) {
        return dataAll(RecordFields.of(fields));
    }

    public EventId id() {
        return draft.id;
    }

    public String eventType() {
        return draft.eventType;
    }

    public Instant occurredAt() {
        return draft.occurredAt;
    }

    /** Whether {@link #occurredAt(Instant)} set the time; otherwise it is that of {@link #of}. */
    public boolean isTimeGiven() {
        return draft.timeGiven;
    }

    /** Null until {@link #account(String)} is called; such an event cannot be published. */
    public @Nullable String account() {
        return draft.account;
    }

    public Optional<String> customerId() {
        return Optional.ofNullable(draft.customerId);
    }

    public Optional<String> customerExternalId() {
        return Optional.ofNullable(draft.customerExternalId);
    }

    public Optional<String> subject() {
        return Optional.ofNullable(draft.subject);
    }

    public Optional<String> description() {
        return Optional.ofNullable(draft.description);
    }

    public Optional<String> traceparent() {
        return Optional.ofNullable(draft.traceparent);
    }

    /**
     * A new map of the entries in the schema's types: null, Boolean, Long, BigDecimal, String, {@link
     * io.usageflow.schema.JsonValue}.
     */
    public Map<String, @Nullable Object> data() {
        Datum newest = data;
        Map<String, @Nullable Object> entries = new HashMap<>(newest == null ? 1 : newest.size() * 2);
        for (Datum datum = newest; datum != null; datum = datum.before()) {
            // From the newest to the oldest: an existing entry is the latest one.
            if (!entries.containsKey(datum.key())) {
                entries.put(datum.key(), datum.value());
            }
        }
        return entries;
    }

    /** In the order they were added. */
    public List<Cost> costs() {
        CostNode newest = costs;
        if (newest == null) {
            return List.of();
        }
        Cost[] inOrder = new Cost[newest.size()];
        for (CostNode node = newest; node != null; node = node.before()) {
            inOrder[node.size() - 1] = node.cost();
        }
        return Arrays.asList(inOrder);
    }

    /** Equal in every field, the id included. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UsageEvent that && fields().equals(that.fields());
    }

    @Override
    public int hashCode() {
        return draft.id.hashCode();
    }

    /** Type, id and account; never data, which may be personal. */
    @Override
    public String toString() {
        return "UsageEvent[" + draft.eventType + ", id=" + draft.id + ", account=" + draft.account + "]";
    }

    private List<@Nullable Object> fields() {
        return Arrays.asList(
                draft.id,
                draft.eventType,
                draft.occurredAt,
                draft.account,
                draft.customerId,
                draft.customerExternalId,
                draft.subject,
                draft.description,
                draft.traceparent,
                data(),
                costs());
    }

    private UsageEvent datum(String key, @Nullable Object value) {
        return new UsageEvent(draft, Datum.after(data, key, value), costs);
    }

    private UsageEvent with(Consumer<EventDraft> change) {
        EventDraft copy = draft.copy();
        change.accept(copy);
        return new UsageEvent(copy, data, costs);
    }
}
