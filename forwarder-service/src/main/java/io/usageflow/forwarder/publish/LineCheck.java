package io.usageflow.forwarder.publish;

import io.usageflow.forwarder.publish.id.IdNotes;
import io.usageflow.forwarder.publish.id.UsedIds;
import io.usageflow.forwarder.publish.line.ParsedLine;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.check.EventCheck;
import io.usageflow.schema.text.VisibleText;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Whether a line that was read may be sent: its event breaks no rule, and no line before it has its id. The same lines
 * have the same answers in every run, so that a resumed run knows the lines before its position. Close it. Not thread-safe.
 */
final class LineCheck implements AutoCloseable {
    private final UsedIds ids = new UsedIds(new IdNotes());

    /** What a line turned out to be. Sealed, so that no line is lost without a word. */
    sealed interface Answer {
        record Good() implements Answer {}

        record Repeated(long before) implements Answer {}

        record Bad(String problem) implements Answer {}

        default <T> T match(
                Supplier<? extends T> onGood,
                LongFunction<? extends T> onRepeated,
                Function<String, ? extends T> onBad) {
            if (this instanceof Good) {
                return onGood.get();
            }
            return this instanceof Repeated repeated
                    ? onRepeated.apply(repeated.before())
                    : onBad.apply(((Bad) this).problem());
        }
    }

    Answer of(ParsedLine.Event line) {
        try {
            EventCheck.requireValid(line.event());
        } catch (InvalidUsageEventException invalid) {
            return new Answer.Bad(String.valueOf(invalid.getMessage()));
        }
        return ids.use(line.event(), line.number())
                .match(Answer.Good::new, Answer.Repeated::new, before -> new Answer.Bad(taken(line.event(), before)));
    }

    private static String taken(UsageEvent event, long before) {
        return "has the id " + VisibleText.of(event.id().value()) + " of line " + before
                + ", which says something else: give each usage an id of its own, or leave the ids out so that they are"
                + " derived from the lines";
    }

    @Override
    public void close() {
        ids.close();
    }
}
