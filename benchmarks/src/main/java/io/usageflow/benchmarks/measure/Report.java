package io.usageflow.benchmarks.measure;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The result of a run: the JSON of the report file, and the table on the terminal. Jackson maps the records and maps
 * that it is given. Fractions have three digits after the point, and none from 1,000 on. Not thread-safe.
 */
public final class Report {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .addModule(new SimpleModule()
                    .addSerializer(Double.class, new RoundedFraction())
                    .addSerializer(double.class, new RoundedFraction()))
            .build();

    private final Map<String, Object> content = new LinkedHashMap<>();
    private final List<List<String>> table = new ArrayList<>();

    /** Starts a report; a quick run is too small to judge by. */
    public Report(String benchmark, boolean quick) {
        put("benchmark", benchmark);
        put("quick", quick);
    }

    /** Adds a figure to the top of the JSON, and to the table with these notes. */
    public void figure(String name, Number value, String... notes) {
        put(name, value);
        List<Object> row = new ArrayList<>(List.of(name, value));
        row.addAll(List.of(notes));
        row(row.toArray());
    }

    /** Adds a ratio of two sides, as {@link #figure} does. */
    public void figure(Series.Figure figure) {
        figure(figure.name(), figure.value(), figure.of(), "(goal " + figure.goal() + ")");
    }

    /** Adds a line to the table. */
    public void row(Object... cells) {
        List<String> texts = new ArrayList<>();
        for (Object cell : cells) {
            texts.add(cell instanceof Double number ? rounded(number).toPlainString() : cell.toString());
        }
        table.add(texts);
    }

    /** Adds a value, a record, a map or a list to the top of the JSON. */
    public void put(String name, Object value) {
        content.put(name, value);
    }

    /** Adds how the benchmark was set up: the fields of all parts in one object. */
    public void settings(Object... parts) {
        Map<String, Object> settings = new LinkedHashMap<>();
        for (Object part : parts) {
            settings.putAll(JSON.convertValue(part, new TypeReference<Map<String, Object>>() {}));
        }
        put("settings", settings);
    }

    private record Machine(int cores, long memoryMiB, String os, String java) {
        static Machine here() {
            long bytes =
                    ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                            ? os.getTotalMemorySize()
                            : 0;
            return new Machine(
                    Runtime.getRuntime().availableProcessors(),
                    bytes >> 20,
                    System.getProperty("os.name") + " " + System.getProperty("os.version"),
                    System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        }
    }

    /** Returns the whole report, with the machine of the run. */
    public ObjectNode json() {
        put("machine", Machine.here());
        return json(content);
    }

    static ObjectNode json(Object value) {
        return JSON.valueToTree(value);
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

    private static BigDecimal rounded(double value) {
        return BigDecimal.valueOf(value).setScale(Math.abs(value) < 1_000 ? 3 : 0, RoundingMode.HALF_UP);
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

    private static final class RoundedFraction extends StdSerializer<Double> {
        private static final long serialVersionUID = 1;

        RoundedFraction() {
            super(Double.class);
        }

        /** Writes null for a number that was not measured. */
        @Override
        public void serialize(Double value, JsonGenerator json, SerializerProvider provider) throws IOException {
            if (Double.isFinite(value)) {
                json.writeNumber(rounded(value));
            } else {
                json.writeNull();
            }
        }
    }
}
