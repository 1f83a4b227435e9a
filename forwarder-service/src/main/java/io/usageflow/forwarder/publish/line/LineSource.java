package io.usageflow.forwarder.publish.line;

import io.usageflow.producer.UsageEvent;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads the events of an input one after the other. Not thread-safe. */
public interface LineSource {
    /**
     * Reads the next line.
     *
     * @return the next line that is not blank, or nothing at the end
     * @throws IOException if the input itself fails; a bad line is no failure
     */
    Optional<ParsedLine> next() throws IOException;

    /** The line that makes copied lines readable by themselves; empty if none is needed. */
    default Optional<String> header() {
        return Optional.empty();
    }

    /** A line of the input: an event, or a bad line. */
    public sealed interface ParsedLine {
        /** The line's number from 1; the first one if an entry spans several. */
        long number();

        /** The text in the input, with all lines of the entry; empty if it is no text. */
        String text();

        /**
         * A line that holds an event.
         *
         * @param rounded amounts of its costs that were rounded
         */
        record Event(long number, String text, UsageEvent event, List<AmountRounding.Rounded> rounded)
                implements ParsedLine {
            public Event {
                rounded = List.copyOf(rounded);
            }

            @Override
            public <T> T match(Function<? super Event, ? extends T> onEvent, Function<? super Bad, ? extends T> onBad) {
                return onEvent.apply(this);
            }
        }

        /**
         * A line that holds no event.
         *
         * @param problem names the field and the remedy
         */
        record Bad(long number, String text, String problem) implements ParsedLine {
            @Override
            public <T> T match(Function<? super Event, ? extends T> onEvent, Function<? super Bad, ? extends T> onBad) {
                return onBad.apply(this);
            }
        }

        <T> T match(Function<? super Event, ? extends T> onEvent, Function<? super Bad, ? extends T> onBad);
    }

    /** A line cannot become an event. The message names the field and the remedy, without the line's number. */
    public static final class BadLineException extends Exception {
        private static final long serialVersionUID = 1L;

        public BadLineException(String message) {
            super(message);
        }
    }
}
