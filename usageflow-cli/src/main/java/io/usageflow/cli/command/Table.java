package io.usageflow.cli.command;

import io.usageflow.schema.text.VisibleText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Rows under headings, each column as wide as its widest cell; figures to the right. Cells may hold foreign text. For
 * people: scripts ask for JSON. Not thread-safe.
 */
public final class Table {
    private static final String GAP = "  ";

    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... headings) {
        this.headings = List.of(headings);
    }

    /** Adds a row with one cell for each heading; null is shown as {@code -}. */
    public Table row(Object... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(cells.length + " cells under " + headings.size() + " headings");
        }
        rows.add(Arrays.stream(cells)
                .map(cell -> cell == null || cell.toString().isEmpty() ? "-" : VisibleText.of(cell))
                .toList());
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    public List<String> lines() {
        List<List<String>> all = new ArrayList<>();
        all.add(headings);
        all.addAll(rows);
        int[] widths = IntStream.range(0, headings.size())
                .map(column -> all.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        boolean[] figures = new boolean[widths.length];
        for (int column = 0; column < widths.length; column++) {
            int index = column;
            figures[column] = !rows.isEmpty()
                    && rows.stream().allMatch(row -> row.get(index).matches("-|[-+]?[0-9][0-9.,]*%?"));
        }
        return all.stream().map(row -> line(row, widths, figures)).toList();
    }

    public void print(Terminal terminal) {
        lines().forEach(terminal::say);
    }

    private static String line(List<String> row, int[] widths, boolean[] figures) {
        return IntStream.range(0, widths.length)
                .mapToObj(column -> padded(row.get(column), widths[column], figures[column]))
                .collect(Collectors.joining(GAP))
                .stripTrailing();
    }

    private static String padded(String cell, int width, boolean figure) {
        String room = " ".repeat(width - cell.length());
        return figure ? room + cell : cell + room;
    }
}
