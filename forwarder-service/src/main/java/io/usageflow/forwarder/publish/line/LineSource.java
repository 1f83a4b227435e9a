package io.usageflow.forwarder.publish.line;

import io.usageflow.producer.UsageEvent;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Events one after the other. Not thread-safe. */
public interface LineSource {
    /**
     * Reads the next line.
     *
     * @return the next line that is not blank, or nothing at the end
     * @throws IOException if the input itself fails; a bad line is no failure
     */
    Optional<ParsedLine> next() throws IOException;

    /** What must stand before lines of it so that they can be read by themselves; empty where nothing must. */
    default Optional<String> header() {
        return Optional.empty();
    }

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

    /** A line cannot become an event. The message names the field and the remedy, without the line's number. */
    public static final class BadLineException extends Exception {
        private static final long serialVersionUID = 1L;

        public BadLineException(String message) {
            super(message);
        }
    }
}
