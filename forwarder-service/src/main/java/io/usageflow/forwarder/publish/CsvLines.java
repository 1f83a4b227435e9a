package io.usageflow.forwarder.publish;

import io.usageflow.forwarder.publish.NumberedLines.Line;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.UsageEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A table with a header, in RFC 4180's form. Each entry is cut out before it is parsed, so that a broken quote costs one
 * line and not the rest of the file. Not thread-safe.
 */
public final class CsvLines implements LineSource {
    /** An entry with line ends in quotes may span so many lines; more is a quote that was never closed. */
    private static final int LINES_MAX = 200;

    private static final CSVFormat FORMAT = CSVFormat.RFC4180;

    private final NumberedLines lines;
    private final Deque<Line> pushedBack = new ArrayDeque<>();
    private final CsvMapping mapping;
    private final LineIds ids;
    private final Map<String, Integer> header = new HashMap<>();
    private final String headerText;

    /**
     * @throws IllegalArgumentException if there is no header, or it lacks a column that the mapping needs
     * @throws IOException if the input fails
     */
    public CsvLines(InputStream in, CsvMapping mapping, LineIds ids) throws IOException {
        this.lines = new NumberedLines(in);
        this.mapping = mapping;
        this.ids = ids;
        headerText = readHeader();
    }

    @Override
    public Optional<String> header() {
        return Optional.of(headerText);
    }

    private String readHeader() throws IOException {
        Line first = nextLine()
                .orElseThrow(
                        () -> new IllegalArgumentException("the CSV is empty: its first line must name the columns"));
        try {
            for (String column : cells(first.text())) {
                if (header.put(column.strip(), header.size()) != null) {
                    throw new IllegalArgumentException("the CSV has two columns named " + column + ": rename one");
                }
            }
        } catch (BadLineException malformed) {
            throw new IllegalArgumentException("the CSV's header " + malformed.getMessage(), malformed);
        }
        requireColumns("--csv-mapping", mapping.columns());
        requireColumns("--id-from", ids.fields());
        return first.text();
    }

    private void requireColumns(String option, Collection<String> named) {
        Set<String> absent = new TreeSet<>(named);
        absent.removeAll(header.keySet());
        if (!absent.isEmpty()) {
            throw new IllegalArgumentException(option + " names columns that the CSV lacks: "
                    + String.join(", ", absent) + "; it has " + String.join(", ", new TreeSet<>(header.keySet())));
        }
    }

    @Override
    public Optional<ParsedLine> next() throws IOException {
        Optional<Line> line = nextLine();
        while (line.isPresent()
                && line.get().problem().isEmpty()
                && line.get().text().isBlank()) {
            line = nextLine();
        }
        return line.isEmpty() ? Optional.empty() : Optional.of(parse(entryFrom(line.get())));
    }

    /** The line, with those that follow while a quote is open; by itself again where it is never closed. */
    private Line entryFrom(Line first) throws IOException {
        var taken = new ArrayList<Line>();
        var text = new StringBuilder(first.text());
        boolean open = opensQuote(first.text());
        while (open && taken.size() < LINES_MAX) {
            Optional<Line> more = nextLine();
            if (more.isEmpty() || more.get().problem().isPresent()) {
                more.ifPresent(taken::add);
                break;
            }
            taken.add(more.get());
            text.append('\n').append(more.get().text());
            open ^= opensQuote(more.get().text());
        }
        if (!open) {
            return first.problem().isPresent() ? first : Line.of(first.number(), text.toString());
        }
        for (int last = taken.size() - 1; last >= 0; last--) {
            pushedBack.addFirst(taken.get(last));
        }
        return new Line(
                first.number(), first.text(), Optional.of("has a quote that is never closed: close it, or double it"));
    }

    private static boolean opensQuote(String text) {
        return text.chars().filter(character -> character == '"').count() % 2 == 1;
    }

    private ParsedLine parse(Line line) {
        if (line.problem().isPresent()) {
            return new ParsedLine.Bad(line.number(), line.text(), line.problem().get());
        }
        try {
            List<String> cells = cells(line.text());
            if (cells.size() != header.size()) {
                throw new BadLineException("has " + cells.size() + " values, but the header names " + header.size()
                        + " columns: quote values that hold commas");
            }
            UsageEvent event = mapping.event(column -> cell(cells, column));
            boolean hasId = mapping.hasId(column -> cell(cells, column));
            return new ParsedLine.Event(
                    line.number(),
                    line.text(),
                    hasId ? event : event.id(ids.of(line.text().strip(), column -> Optional.of(cell(cells, column)))));
        } catch (BadLineException | InvalidUsageEventException bad) {
            return new ParsedLine.Bad(line.number(), line.text(), String.valueOf(bad.getMessage()));
        }
    }

    private String cell(List<String> cells, String column) {
        Integer index = header.get(column);
        if (index == null) {
            throw new IllegalStateException("the column " + column + " was not checked against the header");
        }
        return cells.get(index).strip();
    }

    private static List<String> cells(String text) throws BadLineException {
        try (CSVParser parser = CSVParser.parse(text, FORMAT)) {
            var records = parser.iterator();
            if (!records.hasNext()) {
                throw new BadLineException("is empty");
            }
            CSVRecord record = records.next();
            return record.toList();
        } catch (UncheckedIOException | IOException | IllegalStateException malformed) {
            throw new BadLineException("is not CSV: a quote stands where none may; quote the whole value and double the"
                    + " quotes inside");
        }
    }

    private Optional<Line> nextLine() throws IOException {
        return pushedBack.isEmpty() ? lines.next() : Optional.of(pushedBack.removeFirst());
    }
}
