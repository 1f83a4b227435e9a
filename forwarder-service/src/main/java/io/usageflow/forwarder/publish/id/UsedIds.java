package io.usageflow.forwarder.publish.id;

import io.usageflow.producer.Cost;
import io.usageflow.producer.UsageEvent;
import io.usageflow.schema.id.CredytIds;
import io.usageflow.schema.id.Uuids;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which ids an input has used, in which line, and for what. An id that comes again with other content would be an
 * {@code ID_CONFLICT} after publishing, or be taken for a repeat where only its time differs: one of two usages would not
 * be billed. Ids are those that Credyt sees, as for admission: one that is no UUID is an account's own. Bounded in memory
 * by {@link IdNotes}. Close it. Not thread-safe.
 */
public final class UsedIds implements AutoCloseable {
    private static final UUID CONTENT = UUID.fromString("0f0c2a51-6f0d-5a7e-8e52-3d0c1f6e9a77");

    private final IdNotes notes;

    public UsedIds(IdNotes notes) {
        this.notes = notes;
    }

    /** Whether an id was used before. */
    public sealed interface Use {
        /** It was not. */
        record First() implements Use {}

        /** For the same, in every field: a repeated line. */
        record Again(long line) implements Use {}

        /** For something else. */
        record Taken(long line) implements Use {}

        default <T> T match(
                Supplier<? extends T> onFirst, LongFunction<? extends T> onAgain, LongFunction<? extends T> onTaken) {
            if (this instanceof First) {
                return onFirst.get();
            }
            return this instanceof Again again ? onAgain.apply(again.line()) : onTaken.apply(((Taken) this).line());
        }
    }

    /** @param event that breaks no rule */
    public Use use(UsageEvent event, long line) {
        UUID id = CredytIds.ofEvent(String.valueOf(event.account()), event.id().value());
        UUID content = contentOf(event);
        var known = notes.get(id);
        if (known.isPresent()) {
            ByteBuffer note = ByteBuffer.wrap(known.get());
            long before = note.getLong();
            boolean same = new UUID(note.getLong(), note.getLong()).equals(content);
            return same ? new Use.Again(before) : new Use.Taken(before);
        }
        notes.put(
                id,
                ByteBuffer.allocate(3 * Long.BYTES)
                        .putLong(line)
                        .putLong(content.getMostSignificantBits())
                        .putLong(content.getLeastSignificantBits())
                        .array());
        return new Use.First();
    }

    /** All that the line says, the order of data's entries and zeros at the end of decimals apart. */
    private static UUID contentOf(UsageEvent event) {
        var parts = new ArrayList<String>(List.of(event.eventType(), String.valueOf(event.account())));
        // A time that the line does not give is that of reading it.
        parts.add(event.isTimeGiven() ? event.occurredAt().toString() : "");
        parts.add("customer " + event.customerId() + event.customerExternalId());
        parts.add("subject " + event.subject());
        parts.add("description " + event.description());
        for (Map.Entry<String, @Nullable Object> datum : new TreeMap<>(event.data()).entrySet()) {
            Object value = datum.getValue();
            parts.add(datum.getKey());
            parts.add(value == null ? "null" : text(value));
        }
        for (Cost cost : event.costs()) {
            parts.addAll(List.of("cost", cost.vendor(), text(cost.amount()), cost.currency()));
            parts.add("id " + cost.id());
            parts.add("description " + cost.description());
            parts.add("metadata " + new TreeMap<>(cost.metadata()));
        }
        return Uuids.v5(CONTENT, parts.toArray(new String[0]));
    }

    private static String text(Object value) {
        if (value instanceof Long whole) {
            return text(BigDecimal.valueOf(whole));
        }
        return value instanceof BigDecimal decimal
                ? "number " + decimal.stripTrailingZeros()
                : value.getClass().getSimpleName() + " " + value;
    }

    @Override
    public void close() {
        notes.close();
    }
}
