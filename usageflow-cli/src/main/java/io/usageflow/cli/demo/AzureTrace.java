package io.usageflow.cli.demo;

import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.cli.demo.DemoTrace.TraceRow;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;

/**
 * Reads Azure's public LLM inference trace: {@code TIMESTAMP,ContextTokens,GeneratedTokens}, times without a zone
 * (taken as UTC) and with up to 9 fraction digits, line ends of either kind.
 */
final class AzureTrace {
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("yyyy-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter(java.util.Locale.ROOT);
    private static final List<String> HEADER = List.of("TIMESTAMP", "ContextTokens", "GeneratedTokens");

    private AzureTrace() {}

    /**
     * Reads a trace.
     *
     * @throws WrongUsageException where the file cannot be read, or is not such a trace at all; a single bad line is no
     *     exception but is listed in {@link DemoTrace#badLines}
     */
    static DemoTrace read(Path file) {
        String service = serviceOf(file);
        List<TraceRow> rows = new ArrayList<>();
        List<String> bad = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            checkHeader(file, reader.readLine());
            long line = 1;
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                line++;
                if (text.isBlank()) {
                    continue;
                }
                try {
                    rows.add(row(service, line, text));
                } catch (UnreadableLine e) {
                    bad.add(file.getFileName() + " line " + line + ": " + e.getMessage());
                }
            }
        } catch (IOException e) {
            throw new WrongUsageException(
                    "--input " + file + " cannot be read (" + e.getClass().getSimpleName()
                            + "): name a file in Azure's LLM trace format",
                    e);
        }
        return new DemoTrace(rows, bad);
    }

    private static void checkHeader(Path file, @org.jspecify.annotations.Nullable String header) {
        List<String> names = header == null ? List.of() : List.of(header.strip().split(","));
        if (!names.equals(HEADER)) {
            throw new WrongUsageException("--input " + file + " does not begin with " + String.join(",", HEADER)
                    + ": name a file in Azure's LLM trace format");
        }
    }

    private static TraceRow row(String service, long line, String text) throws UnreadableLine {
        List<String> fields = fields(text);
        if (fields.size() != HEADER.size()) {
            throw new UnreadableLine("has " + fields.size() + " fields, not " + HEADER.size());
        }
        return new TraceRow(
                service,
                line,
                time(fields.get(0)),
                tokens("ContextTokens", fields.get(1)),
                tokens("GeneratedTokens", fields.get(2)));
    }

    private static List<String> fields(String text) throws UnreadableLine {
        try (CSVParser parser = CSVParser.parse(text, CSVFormat.RFC4180)) {
            return parser.getRecords().get(0).toList();
        } catch (IOException | java.io.UncheckedIOException | IllegalStateException e) {
            throw new UnreadableLine("is not CSV");
        }
    }

    private static Instant time(String text) throws UnreadableLine {
        try {
            return LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new UnreadableLine("TIMESTAMP '" + text + "' is not like 2023-11-16 18:15:46.6805900");
        }
    }

    private static long tokens(String field, String text) throws UnreadableLine {
        try {
            long tokens = Long.parseLong(text);
            if (tokens >= 0) {
                return tokens;
            }
        } catch (NumberFormatException e) {
            // Falls through to the one message for everything that is not a count.
        }
        throw new UnreadableLine(field + " '" + text + "' is not a whole number of at least 0");
    }

    private static String serviceOf(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".csv") ? name.substring(0, name.length() - 4) : name;
    }

    private static final class UnreadableLine extends Exception {
        private static final long serialVersionUID = 1;

        UnreadableLine(String message) {
            super(message);
        }
    }
}
