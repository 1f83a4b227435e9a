package io.usageflow.forwarder.publish.input;

import io.usageflow.forwarder.publish.input.NumberedLines.Line;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a table as in RFC 4180. A value in quotes may span lines. If its quote is never closed, the first
 * line is bad, and the following lines are read by themselves. Strict: quotes are only allowed around a whole value, or
 * doubled inside it. Not thread-safe.
 */
public final class CsvEntries {
    /** Bound of a row's lines; more mean that a quote was never closed. */
    private static final int LINES_MAX = 200;

    private final NumberedLines lines;
    private final Deque<Line> pushedBack = new ArrayDeque<>();

    public CsvEntries(InputStream in) {
        this.lines = new NumberedLines(in);
    }

    /**
     * One row.
     *
     * @param number of its first line, from 1
     * @param text all lines as they are in the input
     * @param cells between the commas, without quotes; none if there is a problem
     * @param problem why it is no row
     */
    public record Entry(long number, String text, List<String> cells, Optional<String> problem) {
        public Entry {
            cells = List.copyOf(cells);
        }
    }

    /** The next row that is not blank, or nothing at the end. */
    public Optional<Entry> next() throws IOException {
        Optional<Line> line = nextLine();
        while (line.isPresent() && line.get().isBlank()) {
            line = nextLine();
        }
        return line.isEmpty() ? Optional.empty() : Optional.of(entryFrom(line.get()));
    }

    private Entry entryFrom(Line first) throws IOException {
        if (first.problem().isPresent()) {
            return bad(first, first.problem().get());
        }
        var row = new CsvRow();
        var taken = new ArrayList<Line>();
        var text = new StringBuilder(first.text());
        Optional<String> fault = row.read(first.text(), first.number());
        if (fault.isPresent()) {
            return bad(first, fault.get());
        }
        String end = first.end();
        while (row.isOpen()) {
            Optional<Line> more =
                    taken.size() < LINES_MAX && text.length() < NumberedLines.BYTES_MAX ? nextLine() : Optional.empty();
            more.ifPresent(taken::add);
            boolean readable = more.isPresent() && more.get().problem().isEmpty();
            if (!readable
                    || row.read(end + more.get().text(), more.get().number()).isPresent()) {
                for (int last = taken.size() - 1; last >= 0; last--) {
                    pushedBack.addFirst(taken.get(last));
                }
                return bad(
                        first,
                        "has a quote that is never closed: the one that opens in line " + row.openedAt
                                + "; close it, or double it");
            }
            text.append(end).append(more.get().text());
            end = more.get().end();
        }
        return new Entry(first.number(), text.toString(), row.cells(), Optional.empty());
    }

    private static Entry bad(Line line, String problem) {
        return new Entry(line.number(), line.text(), List.of(), Optional.of(problem));
    }

    private Optional<Line> nextLine() throws IOException {
        return pushedBack.isEmpty() ? lines.next() : Optional.of(pushedBack.removeFirst());
    }

    /** Reads one row, piece by piece. */
    private static final class CsvRow {
        private final List<String> cells = new ArrayList<>();
        private final StringBuilder cell = new StringBuilder();
        private State state = State.BEGIN;
        /** The line of the last quote that opened. */
        private long openedAt;

        private enum State {
            BEGIN,
            PLAIN,
            QUOTED,
            /** After a quote inside quotes: doubled, or the end of the value. */
            QUOTE,
            /** After the value, where only blanks are allowed. */
            BEHIND
        }

        boolean isOpen() {
            return state == State.QUOTED;
        }

        List<String> cells() {
            var all = new ArrayList<>(cells);
            all.add(cell.toString());
            return all;
        }

        /** Returns what is wrong. */
        Optional<String> read(String text, long line) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                State next = after(c);
                if (next == null) {
                    return Optional.of("is not CSV: a quote stands where none may, "
                            + (state == State.PLAIN ? "inside a value" : "before the end of a value") + ", in column "
                            + (cells.size() + 1)
                            + "; quote the whole value and double the quotes inside");
                }
                openedAt = state == State.BEGIN && next == State.QUOTED ? line : openedAt;
                state = next;
            }
            return Optional.empty();
        }

        private @Nullable State after(char c) {
            return switch (state) {
                case BEGIN, PLAIN -> c == ',' ? endCell() : c == '"' ? quote() : append(c, State.PLAIN);
                case QUOTED -> c == '"' ? State.QUOTE : append(c, State.QUOTED);
                case QUOTE -> c == '"' ? append(c, State.QUOTED) : behind(c);
                case BEHIND -> behind(c);
            };
        }

        private @Nullable State quote() {
            return state == State.BEGIN ? State.QUOTED : null;
        }

        private @Nullable State behind(char c) {
            return c == ',' ? endCell() : c == ' ' || c == '\t' ? State.BEHIND : null;
        }

        private State append(char c, State next) {
            cell.append(c);
            return next;
        }

        private State endCell() {
            cells.add(cell.toString());
            cell.setLength(0);
            return State.BEGIN;
        }
    }
}
