package io.usageflow.forwarder.identity;

import io.usageflow.forwarder.links.LinkFile.BadRow;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.publish.input.CsvEntries;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A table of customers or vendors to make: CSV in UTF-8 whose first line names the columns. {@code account} or {@code
 * vendor} is required; {@code external_id} is the same by default, {@code name} is the external id by default, {@code
 * email} and {@code products} (codes between semicolons) are for customers, {@code credyt_account} is the connected
 * account of a platform. Immutable.
 *
 * @param rows in the file's order
 * @param bad in the file's order
 */
public record CreationFile(List<NewIdentity> rows, List<BadRow> bad) {
    static final int ROWS_MAX = 100_000;

    private static final String EXPECTED =
            "its first line must name the columns, account or vendor, and perhaps external_id, name, email,"
                    + " products, credyt_account";
    private static final Set<String> OPTIONAL = Set.of("external_id", "name", "email", "products", "credyt_account");

    public CreationFile {
        rows = List.copyOf(rows);
        bad = List.copyOf(bad);
    }

    /**
     * Reads the file.
     *
     * @throws IllegalArgumentException if the file is not such a table; the message says what to write
     */
    public static CreationFile read(InputStream in) throws IOException {
        var entries = new CsvEntries(in);
        List<String> names = entries.next()
                .filter(header -> header.problem().isEmpty())
                .map(header -> header.cells().stream().map(String::strip).toList())
                .orElseThrow(() -> new IllegalArgumentException("the file has no header: " + EXPECTED));
        LinkKind kind = kind(names);
        List<NewIdentity> rows = new ArrayList<>();
        List<BadRow> bad = new ArrayList<>();
        Map<String, Long> lines = new HashMap<>();
        for (var entry = entries.next(); entry.isPresent(); entry = entries.next()) {
            if (rows.size() + bad.size() == ROWS_MAX) {
                throw new IllegalArgumentException("the file has more than " + ROWS_MAX + " rows: split it");
            }
            CsvEntries.Entry line = entry.get();
            problem(line, kind, names, lines, rows).ifPresent(problem -> bad.add(new BadRow(line.number(), problem)));
        }
        return new CreationFile(rows, bad);
    }

    private static LinkKind kind(List<String> names) {
        List<LinkKind> kinds = Stream.of(LinkKind.values())
                .filter(kind -> names.contains(kind.key()))
                .toList();
        if (kinds.size() != 1
                || names.stream().distinct().count() != names.size()
                || !names.stream().allMatch(name -> name.equals(kinds.get(0).key()) || OPTIONAL.contains(name))) {
            throw new IllegalArgumentException("the header is '" + String.join(",", names) + "': " + EXPECTED);
        }
        return kinds.get(0);
    }

    /** Adds the row, or returns what is wrong with it. */
    private static Optional<String> problem(
            CsvEntries.Entry line, LinkKind kind, List<String> names, Map<String, Long> lines, List<NewIdentity> rows) {
        if (line.problem().isPresent()) {
            return line.problem();
        }
        if (line.cells().size() != names.size()) {
            return Optional.of("has " + line.cells().size() + " values, but the header names " + names.size()
                    + " columns: quote values that hold commas");
        }
        String account = line.cells().get(names.indexOf(kind.key()));
        String externalId = cell(line, names, "external_id").orElse(account);
        var row = new NewIdentity(
                kind,
                account,
                cell(line, names, "credyt_account"),
                externalId,
                cell(line, names, "name").orElse(externalId),
                cell(line, names, "email"),
                cell(line, names, "products").stream()
                        .flatMap(products -> Stream.of(products.split(";")))
                        .map(String::strip)
                        .filter(product -> !product.isEmpty())
                        .toList());
        Optional<String> problem = row.problem();
        if (problem.isPresent()) {
            return problem;
        }
        Long before = lines.putIfAbsent(row.linkName(), line.number());
        if (before != null) {
            return Optional.of(row.linkName() + " is in line " + before + ", too: keep one");
        }
        rows.add(row);
        return Optional.empty();
    }

    private static Optional<String> cell(CsvEntries.Entry line, List<String> names, String column) {
        int index = names.indexOf(column);
        return index < 0
                ? Optional.empty()
                : Optional.of(line.cells().get(index)).filter(cell -> !cell.isBlank());
    }
}
