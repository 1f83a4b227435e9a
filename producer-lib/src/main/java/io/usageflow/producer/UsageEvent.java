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
 * One billable or merely tracked action of an account. Immutable and thread-safe: every call answers with a new value
 * and leaves this one as it is, so do not drop what it returns.
 *
 * <pre>{@code
 * UsageEvent.of("message_completed").id(EventId.derive("message", message.id())).account("acct_42")
 *         .data("model", "gpt-4").data("total_tokens", 1500)
 *         .cost(Cost.of("openai", new BigDecimal("0.0161"), "USD"))
 * }</pre>
 *
 * <p><b>One value is one business fact.</b> The id, random unless given, is drawn in {@link #of} and kept by every call:
 * publishing the value again, after whatever error, is a retry and not a second charge. It follows that a value is no
 * template for other events; {@link #asNew} makes one.
 *
 * <p>Rules ({@link io.usageflow.schema.rule.EventRules}) are checked by {@code publish}, all at once; only what cannot be
 * kept exactly is refused by the call itself.
 */
public final class UsageEvent {
    /** The event type of {@link #forCosts}. */
    public static final String COST_RECORDED = "cost_recorded";

    private final EventDraft draft;
    // Apart from the rest, so that what is called most often copies least.
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
     * @param eventType what happened, 1 to 128 printable characters; to be billed it must equal a price's event type at
     *     Credyt
     */
    public static UsageEvent of(String eventType) {
        return new UsageEvent(new EventDraft(EventId.generate(), eventType, Instant.now()), null, null);
    }

    /**
     * Costs that are known apart from usage, such as a vendor's invoice: an event of type {@value #COST_RECORDED}. Give it
     * a derived id: imports are repeated more often than anything else.
     */
    public static UsageEvent forCosts(String account, Cost first, Cost... more) {
        UsageEvent event = of(COST_RECORDED).account(account).cost(first);
        for (Cost cost : more) {
            event = event.cost(cost);
        }
        return event;
    }

    /** See {@link EventId}, before all else. */
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
     * When it happened; default the time of {@link #of}. Kept in microseconds. An event older than the dedup window (35
     * days by default) is held as a dead letter by the forwarder, since a repeat could not be told from a first.
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

    /** Required: your own id of the customer, 1 to 256 printable characters. An account's events keep their order. */
    public UsageEvent account(String account) {
        return with(d -> d.account = account);
    }

    /** Credyt's own id of the customer; beats the account's link. At most one of this and the external id. */
    public UsageEvent customerId(@Nullable String customerId) {
        return with(d -> d.customerId = customerId);
    }

    /** The id you registered for the customer at Credyt; beats the account's link. */
    public UsageEvent customerExternalId(@Nullable String customerExternalId) {
        return with(d -> d.customerExternalId = customerExternalId);
    }

    /** What the event belongs to, such as a chat or a job; at most 256 printable characters. */
    public UsageEvent subject(@Nullable String subject) {
        return with(d -> d.subject = subject);
    }

    /** For people; at most 1024 characters, which may be in lines. */
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
     * model} and {@code total_tokens}. A component that is null, or an empty Optional, is left out; a record inside is a
     * nested value, named in the same way.
     *
     * @throws InvalidUsageEventException for a component of a type that {@code data} does not take, and for a record that
     *     its module does not open to this library
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

    /** Whether {@link #occurredAt(Instant)} gave the time; otherwise it is that of {@link #of}. */
    public boolean isTimeGiven() {
        return draft.timeGiven;
    }

    /** Null until {@link #account(String)} was called; such an event cannot be published. */
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
            // From the newest to the oldest: what is there already is what was said last.
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
