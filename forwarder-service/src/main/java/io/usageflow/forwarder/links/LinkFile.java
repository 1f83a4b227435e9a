package io.usageflow.forwarder.links;

import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.publish.input.CsvEntries;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.rule.Violation;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A table of links: CSV in UTF-8 whose first line names the columns, {@code account} with {@code customer_id} or {@code
 * customer_external_id} or both, or {@code vendor} with {@code vendor_id} or {@code vendor_external_id} or both. In a
 * row one of the two ids is filled in. The column {@code credyt_account} may name the connected account of a platform;
 * a vendor's name then begins with it. A name may stand twice where both rows say the same. Immutable; wholly in
 * memory, so at most {@value #ROWS_MAX} rows.
 *
 * @param links by name, in the file's order
 * @param bad in the file's order
 */
public record LinkFile(LinkKind kind, Map<String, Row> links, List<BadRow> bad) {
    static final int ROWS_MAX = 2_000_000;

    private static final String CREDYT_ACCOUNT = "credyt_account";

    /** One good row. */
    public record Row(long line, Link link) {}

    /**
     * A line that is no link.
     *
     * @param problem names the column and the remedy, without the line's number
     */
    public record BadRow(long line, String problem) {}

    public LinkFile {
        links = java.util.Collections.unmodifiableMap(links);
        bad = List.copyOf(bad);
    }

    /**
     * Reads a CSV file of links.
     *
     * @throws IllegalArgumentException if the file is not such a table at all; the message says what to write
     * @throws IOException if it cannot be read
     */
    public static LinkFile read(InputStream in, Instant now) throws IOException {
        var entries = new CsvEntries(in);
        Columns columns = Columns.of(entries.next()
                .orElseThrow(() -> new IllegalArgumentException("the file is empty: " + Columns.EXPECTED)));
        var links = new LinkedHashMap<String, Row>();
        var bad = new ArrayList<BadRow>();
        for (var entry = entries.next(); entry.isPresent(); entry = entries.next()) {
            CsvEntries.Entry each = entry.get();
            if (links.size() + bad.size() == ROWS_MAX) {
                throw new IllegalArgumentException("the file has more than " + ROWS_MAX
                        + " rows, which are read into memory: split it, and import the parts one by one");
            }
            take(each, columns, now, links).ifPresent(problem -> bad.add(new BadRow(each.number(), problem)));
        }
        return new LinkFile(columns.kind(), links, bad);
    }

    /** Returns what is wrong with the line. */
    private static Optional<String> take(CsvEntries.Entry line, Columns columns, Instant now, Map<String, Row> links) {
        if (line.problem().isPresent()) {
            return line.problem();
        }
        List<String> cells = line.cells();
        if (cells.size() != columns.names().size()) {
            return Optional.of("has " + cells.size() + " values, but the header names "
                    + columns.names().size() + " columns: quote values that hold commas");
        }
        Optional<Reference> reference = columns.reference(cells);
        String name = columns.kind().nameIn(reference.flatMap(Reference::credytAccount), columns.name(cells));
        if (reference.isEmpty()) {
            return Optional.of("must fill in one of " + columns.idColumns() + ", and one only");
        }
        var link = new Link(columns.kind(), name, reference.get(), now);
        List<Violation> violations = link.violations();
        if (!violations.isEmpty()) {
            return Optional.of(violations.stream().map(Violation::message).collect(Collectors.joining("; ")));
        }
        Row before = links.putIfAbsent(name, new Row(line.number(), link));
        return before == null || before.link().reference().equals(link.reference())
                ? Optional.empty()
                : Optional.of(name + " is linked to " + link.reference().text() + " here and to "
                        + before.link().reference().text() + " in line " + before.line() + ": keep one");
    }

    /** The same, where some of the links are bad as well. */
    public LinkFile refusing(Map<Link, String> problems) {
        var good = new LinkedHashMap<>(links);
        var all = new ArrayList<>(bad);
        problems.forEach((link, problem) -> {
            Row row = good.remove(link.name());
            if (row != null) {
                all.add(new BadRow(row.line(), problem));
            }
        });
        all.sort(Comparator.comparingLong(BadRow::line));
        return new LinkFile(kind, good, all);
    }

    /** What stands where. */
    private record Columns(LinkKind kind, List<String> names) {
        static final String EXPECTED = "its first line must name the columns, account,customer_external_id (or"
                + " customer_id), or vendor,vendor_external_id (or vendor_id)";

        static Columns of(CsvEntries.Entry header) {
            if (header.problem().isPresent()) {
                throw new IllegalArgumentException(
                        "the header " + header.problem().get() + "; " + EXPECTED);
            }
            List<String> names = header.cells().stream().map(String::strip).toList();
            for (LinkKind kind : LinkKind.values()) {
                if (names.contains(kind.key())) {
                    return new Columns(kind, names).checked();
                }
            }
            throw new IllegalArgumentException("the header is '" + header.text() + "': " + EXPECTED);
        }

        private Columns checked() {
            List<String> known = List.of(kind.key(), kind.idColumn(), kind.externalIdColumn(), CREDYT_ACCOUNT);
            for (String name : names) {
                if (!known.contains(name)) {
                    throw new IllegalArgumentException(
                            "the header has the unknown column '" + name + "': use " + String.join(", ", known));
                }
                if (names.indexOf(name) != names.lastIndexOf(name)) {
                    throw new IllegalArgumentException("the header has " + name + " twice: keep one");
                }
            }
            if (!names.contains(kind.idColumn()) && !names.contains(kind.externalIdColumn())) {
                throw new IllegalArgumentException(
                        "the header lacks " + kind.externalIdColumn() + " or " + kind.idColumn() + ": " + EXPECTED);
            }
            return this;
        }

        String name(List<String> cells) {
            return cells.get(names.indexOf(kind.key()));
        }

        String idColumns() {
            return names.stream()
                    .filter(name -> !name.equals(kind.key()) && !name.equals(CREDYT_ACCOUNT))
                    .collect(Collectors.joining(" and "));
        }

        Optional<Reference> reference(List<String> cells) {
            String credytId = cell(cells, kind.idColumn());
            String externalId = cell(cells, kind.externalIdColumn());
            if (credytId.isEmpty() == externalId.isEmpty()) {
                return Optional.empty();
            }
            Reference reference = credytId.isEmpty()
                    ? new Reference(ReferenceKind.EXTERNAL_ID, externalId)
                    : new Reference(ReferenceKind.CREDYT_ID, credytId);
            return Optional.of(
                    reference.in(Optional.of(cell(cells, CREDYT_ACCOUNT)).filter(account -> !account.isEmpty())));
        }

        private String cell(List<String> cells, String column) {
            int index = names.indexOf(column);
            return index < 0 || cells.get(index).isBlank() ? "" : cells.get(index);
        }
    }
}
