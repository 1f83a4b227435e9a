package io.usageflow.forwarder.publish.line;

import io.usageflow.forwarder.publish.input.CsvEntries;
import io.usageflow.forwarder.publish.line.LineSource.BadLineException;
import io.usageflow.forwarder.publish.line.LineSource.ParsedLine;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.UsageEvent;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** Reads a table with a header, whose rows a mapping turns into events. Not thread-safe. */
public final class CsvLines implements LineSource {
    private final CsvEntries entries;
    private final CsvMapping mapping;
    private final LineIds ids;
    private final OptionalInt roundDigits;
    private final Map<String, Integer> header = new HashMap<>();
    private final String headerText;

    /**
     * Reads the header.
     *
     * @throws IllegalArgumentException if there is no header, or it lacks a column that the mapping needs
     * @throws IOException if the input fails
     */
    public CsvLines(InputStream in, CsvMapping mapping, LineIds ids, OptionalInt roundDigits) throws IOException {
        this.entries = new CsvEntries(in);
        this.mapping = mapping;
        this.ids = ids;
        this.roundDigits = roundDigits;
        headerText = readHeader();
    }

    @Override
    public Optional<String> header() {
        return Optional.of(headerText);
    }

    private String readHeader() throws IOException {
        CsvEntries.Entry first = entries.next()
                .orElseThrow(
                        () -> new IllegalArgumentException("the CSV is empty: its first line must name the columns"));
        if (first.problem().isPresent()) {
            throw new IllegalArgumentException(
                    "the CSV's header " + first.problem().get());
        }
        for (String column : first.cells()) {
            if (header.put(column.strip(), header.size()) != null) {
                throw new IllegalArgumentException("the CSV has two columns named " + column + ": rename one");
            }
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
        return entries.next().map(this::parse);
    }

    private ParsedLine parse(CsvEntries.Entry entry) {
        if (entry.problem().isPresent()) {
            return new ParsedLine.Bad(
                    entry.number(), entry.text(), entry.problem().get());
        }
        try {
            List<String> cells = entry.cells();
            if (cells.size() != header.size()) {
                throw new BadLineException("has " + cells.size() + " values, but the header names " + header.size()
                        + " columns: quote values that hold commas");
            }
            if (entry.text().equals(headerText)) {
                throw new BadLineException("repeats the header, as where files were joined: take it out");
            }
            var amounts = new AmountRounding(roundDigits);
            UsageEvent event = mapping.event(column -> cell(cells, column), amounts);
            if (!mapping.hasId(column -> cell(cells, column))) {
                // Line ends in quotes are normalised as in every release, so that derived ids stay the same.
                String content = entry.text().replace("\r\n", "\n").strip();
                event = event.id(ids.of(content, column -> Optional.of(cell(cells, column))));
            }
            return new ParsedLine.Event(entry.number(), entry.text(), event, amounts.rounded());
        } catch (BadLineException | InvalidUsageEventException bad) {
            return new ParsedLine.Bad(entry.number(), entry.text(), String.valueOf(bad.getMessage()));
        }
    }

    /** The cell as it is, with blanks around it; empty if it is blank or a text of --csv-null. */
    private String cell(List<String> cells, String column) {
        Integer index = header.get(column);
        if (index == null) {
            throw new IllegalStateException("the column " + column + " was not checked against the header");
        }
        String cell = cells.get(index);
        return cell.isBlank() || mapping.isNull(cell.strip()) ? "" : cell;
    }
}
