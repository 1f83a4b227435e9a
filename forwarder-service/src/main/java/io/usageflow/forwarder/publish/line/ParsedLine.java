package io.usageflow.forwarder.publish.line;

import io.usageflow.forwarder.publish.value.AmountRounding;
import io.usageflow.producer.UsageEvent;
import java.util.List;
import java.util.function.Function;

/** What a line of input turned out to be. Sealed: a line that is neither would be lost without a word. */
public sealed interface ParsedLine {
    /** Counted from 1, as editors count; the first, where an entry spans several. */
    long number();

    /** As it stands in the input, all lines of the entry; empty where it is no text. */
    String text();

    /**
     * A line that holds an event.
     *
     * @param rounded amounts of its costs that are not as the line has them
     */
    record Event(long number, String text, UsageEvent event, List<AmountRounding.Rounded> rounded)
            implements ParsedLine {
        public Event {
            rounded = List.copyOf(rounded);
        }
    }

    /**
     * A line that holds no event.
     *
     * @param problem names the field and the remedy
     */
    record Bad(long number, String text, String problem) implements ParsedLine {}

    default <T> T match(Function<? super Event, ? extends T> onEvent, Function<? super Bad, ? extends T> onBad) {
        return this instanceof Event event ? onEvent.apply(event) : onBad.apply((Bad) this);
    }
}
