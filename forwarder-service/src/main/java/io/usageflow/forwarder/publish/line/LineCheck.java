package io.usageflow.forwarder.publish.line;

import io.usageflow.forwarder.publish.line.LineSource.ParsedLine;
import io.usageflow.producer.Cost;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.check.EventCheck;
import io.usageflow.schema.id.CredytIds;
import io.usageflow.schema.id.Uuids;
import io.usageflow.schema.text.VisibleText;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a line may be sent: its event breaks no rule, and no earlier line has its id. An id that comes again
 * with other content would be an {@code ID_CONFLICT} after publishing, or be taken for a repeat where only its time
 * differs, so that one of two usages would not be billed. Ids are those that Credyt sees: one that is no UUID belongs
 * to its account. The same lines get the same answers in every run, so that a resumed run knows the lines before its
 * position. Memory is bounded by {@link IdNotes}. Close it. Not thread-safe.
 */
public final class LineCheck implements AutoCloseable {
    private static final UUID CONTENT = UUID.fromString("0f0c2a51-6f0d-5a7e-8e52-3d0c1f6e9a77");

    private final IdNotes notes;

    public LineCheck() {
        this(new IdNotes());
    }

    LineCheck(IdNotes notes) {
        this.notes = notes;
    }

    /** The result for a line. Sealed, so that no case is forgotten. */
    public sealed interface Answer {
        record Good() implements Answer {
            @Override
            public <T> T match(
                    Supplier<? extends T> onGood,
                    LongFunction<? extends T> onRepeated,
                    Function<String, ? extends T> onBad) {
                return onGood.get();
            }
        }

        /** An earlier line says the same, in every field. */
        record Repeated(long before) implements Answer {
            @Override
            public <T> T match(
                    Supplier<? extends T> onGood,
                    LongFunction<? extends T> onRepeated,
                    Function<String, ? extends T> onBad) {
                return onRepeated.apply(before);
            }
        }

        record Bad(String problem) implements Answer {
            @Override
            public <T> T match(
                    Supplier<? extends T> onGood,
                    LongFunction<? extends T> onRepeated,
                    Function<String, ? extends T> onBad) {
                return onBad.apply(problem);
            }
        }

        <T> T match(
                Supplier<? extends T> onGood,
                LongFunction<? extends T> onRepeated,
                Function<String, ? extends T> onBad);
    }

    public Answer of(ParsedLine.Event line) {
        UsageEvent event = line.event();
        try {
            EventCheck.requireValid(event);
        } catch (InvalidUsageEventException invalid) {
            return new Answer.Bad(String.valueOf(invalid.getMessage()));
        }
        UUID id = CredytIds.ofEvent(String.valueOf(event.account()), event.id().value());
        UUID content = contentOf(event);
        Optional<byte[]> known = notes.get(id);
        if (known.isEmpty()) {
            notes.put(
                    id,
                    ByteBuffer.allocate(3 * Long.BYTES)
                            .putLong(line.number())
                            .putLong(content.getMostSignificantBits())
                            .putLong(content.getLeastSignificantBits())
                            .array());
            return new Answer.Good();
        }
        ByteBuffer note = ByteBuffer.wrap(known.get());
        long before = note.getLong();
        return new UUID(note.getLong(), note.getLong()).equals(content)
                ? new Answer.Repeated(before)
                : new Answer.Bad("has the id " + VisibleText.of(event.id().value()) + " of line " + before
                        + ", which says something else: give each usage an id of its own, or leave the ids out so that"
                        + " they are derived from the lines");
    }

    /**
     * The next line of a source that may be sent; empty at its end.
     *
     * @param bad takes the number and the problem of each line before it that is none
     */
    public Optional<ParsedLine.Event> nextGood(LineSource lines, BiConsumer<Long, String> bad) throws IOException {
        for (Optional<ParsedLine> line = lines.next(); line.isPresent(); line = lines.next()) {
            Optional<ParsedLine.Event> event = line.get()
                    .match(
                            parsed -> of(parsed)
                                    .match(
                                            () -> Optional.of(parsed),
                                            before -> Optional.<ParsedLine.Event>empty(),
                                            problem -> refused(parsed.number(), problem, bad)),
                            wrong -> refused(wrong.number(), wrong.problem(), bad));
            if (event.isPresent()) {
                return event;
            }
        }
        return Optional.empty();
    }

    private static Optional<ParsedLine.Event> refused(long line, String problem, BiConsumer<Long, String> bad) {
        bad.accept(line, problem);
        return Optional.empty();
    }

    /** Everything that the line says. The order of data's entries and zeros at the end of decimals do not count. */
    private static UUID contentOf(UsageEvent event) {
        var parts = new ArrayList<String>(List.of(event.eventType(), String.valueOf(event.account())));
        // A time that the line does not give is the time of reading it.
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
