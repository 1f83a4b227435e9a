package io.usageflow.benchmarks.measure;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The result of a run: the JSON of the report file, and the table on the terminal. Not thread-safe. */
public final class Report {
    private final ObjectNode json = JsonNodeFactory.instance.objectNode();
    private final List<List<String>> table = new ArrayList<>();

    /** @param quick whether the run is too small to judge by */
    public Report(String benchmark, boolean quick) {
        json.put("benchmark", benchmark).put("quick", quick);
    }

    /** Adds a figure to the top of the JSON, and to the table with these notes. */
    public void figure(String name, BigDecimal value, String... notes) {
        json.put(name, value);
        List<String> row = new ArrayList<>(List.of(name, value.toPlainString()));
        row.addAll(List.of(notes));
        row(row);
    }

    /** Adds a line to the table. */
    public void row(List<String> cells) {
        table.add(List.copyOf(cells));
    }

    /** Adds an object of this name to the JSON. */
    public ObjectNode object(String name) {
        return json.putObject(name);
    }

    /** Adds a list of this name to the JSON. */
    public ArrayNode array(String name) {
        return json.putArray(name);
    }

    /** Returns all of it, and where the run took place. */
    public ObjectNode json() {
        ObjectNode machine = json.putObject("machine");
        machine.put("cores", Runtime.getRuntime().availableProcessors());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            machine.put("memoryMiB", system.getTotalMemorySize() >> 20);
        }
        machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        return json;
    }

    /** Returns the table with its columns aligned: numbers to the right. */
    String table() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : table) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                String side = !cell.isEmpty() && Character.isDigit(cell.charAt(0)) ? "" : "-";
                line.append(("%" + side + width(column) + "s  ").formatted(cell));
            }
            text.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
        return text.toString();
    }

    private int width(int column) {
        return table.stream()
                .filter(row -> row.size() > column)
                .mapToInt(row -> row.get(column).length())
                .max()
                .orElse(1);
    }

    /** Rounds to as many decimal places as mean something. */
    public static BigDecimal rounded(int places, double value) {
        return BigDecimal.valueOf(value).setScale(places, RoundingMode.HALF_UP);
    }

    /** The middle of the values: steadier than the mean if single rounds are disturbed. */
    public static <T> double median(List<T> of, ToDoubleFunction<? super T> value) {
        double[] sorted = of.stream().mapToDouble(value).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("no values, no median");
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
