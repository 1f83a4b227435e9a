package io.usageflow.forwarder.reconcile.remedy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import io.usageflow.forwarder.publish.input.CsvEntries;
import io.usageflow.forwarder.reconcile.EventRef.Position;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.ReportFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the findings of a reconcile report, one at a time. In CSV an event may have several rows, one for each field
 * that differs; they are one finding. Not thread-safe; close it.
 */
public final class ReportReader implements AutoCloseable {
    private static final Pattern PLACE = Pattern.compile("([0-9]{1,9})@([0-9]{1,18})");

    private final Source source;
    private @Nullable ReportedFinding last;

    /**
     * A finding, as far as a remedy needs it. What the report says about the event's content is not used.
     *
     * @param credytId empty for a record that is no receipt
     * @param account for messages and to choose findings
     * @param receipt the receipt's place in its topic; {@link Position#NONE} without one
     */
    public record ReportedFinding(Kind kind, String eventId, String credytId, String account, Position receipt) {}

    private interface Source extends AutoCloseable {
        /** Empty at the end. */
        Optional<ReportedFinding> next() throws IOException;

        @Override
        void close() throws IOException;
    }

    private ReportReader(Source source) {
        this.source = source;
    }

    /**
     * Opens a report; its name tells its format.
     *
     * @throws IllegalArgumentException if it is no report of {@code reconcile}; the message names the line
     * @throws IOException if it cannot be read
     */
    public static ReportReader open(Path report) throws IOException {
        return new ReportReader(
                switch (ReportFormat.of(report)) {
                    case CSV -> new CsvSource(report);
                    case JSON -> new JsonSource(report);
                });
    }

    /**
     * Returns the next finding, or empty at the end.
     *
     * @throws IllegalArgumentException if a line is no finding; the message names it
     */
    public Optional<ReportedFinding> next() throws IOException {
        Optional<ReportedFinding> finding = source.next();
        while (finding.isPresent() && finding.get().equals(last)) {
            finding = source.next();
        }
        last = finding.orElse(null);
        return finding;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }

    private static ReportedFinding finding(
            Path report, long line, String kind, String eventId, String credytId, String account, String receipt) {
        Matcher place = PLACE.matcher(receipt);
        if (!receipt.isEmpty() && !place.matches()) {
            throw wrong(report, line, "receipt is '" + receipt + "', which is not partition@offset");
        }
        try {
            return new ReportedFinding(
                    Kind.valueOf(kind),
                    eventId,
                    credytId,
                    account,
                    receipt.isEmpty()
                            ? Position.NONE
                            : new Position(Integer.parseInt(place.group(1)), Long.parseLong(place.group(2))));
        } catch (IllegalArgumentException unknown) {
            throw wrong(report, line, "finding is '" + kind + "', which this release does not know");
        }
    }

    private static IllegalArgumentException wrong(Path report, long line, String problem) {
        return new IllegalArgumentException(report + ", line " + line + ": " + problem
                + ". Give a report that 'usageflow reconcile --report' wrote, unchanged.");
    }

    private static final class CsvSource implements Source {
        private static final List<String> NEEDED =
                List.of("finding", "event_id", "credyt_event_id", "account", "receipt");

        private final Path report;
        private final InputStream in;
        private final CsvEntries entries;
        private final List<String> columns;

        CsvSource(Path report) throws IOException {
            this.report = report;
            in = Files.newInputStream(report);
            entries = new CsvEntries(in);
            Optional<CsvEntries.Entry> header = entries.next();
            columns = header.map(CsvEntries.Entry::cells).orElse(List.of());
            if (!columns.containsAll(NEEDED)) {
                in.close();
                throw wrong(report, 1, "the header lacks one of " + String.join(", ", NEEDED));
            }
        }

        @Override
        public Optional<ReportedFinding> next() throws IOException {
            Optional<CsvEntries.Entry> entry = entries.next();
            if (entry.isEmpty()) {
                return Optional.empty();
            }
            List<String> cells = entry.get().cells();
            if (cells.size() != columns.size()) {
                throw wrong(
                        report,
                        entry.get().number(),
                        entry.get()
                                .problem()
                                .orElse("has " + cells.size() + " cells, and the header " + columns.size()));
            }
            return Optional.of(finding(
                    report,
                    entry.get().number(),
                    cells.get(columns.indexOf("finding")),
                    plain(cells.get(columns.indexOf("event_id"))),
                    cells.get(columns.indexOf("credyt_event_id")),
                    plain(cells.get(columns.indexOf("account"))),
                    cells.get(columns.indexOf("receipt"))));
        }

        /** Without the apostrophe that the report puts before texts that a spreadsheet would run. */
        private static String plain(String cell) {
            return cell.startsWith("'") ? cell.substring(1) : cell;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    private static final class JsonSource implements Source {
        private final Path report;
        private final BufferedReader lines;
        private long number;

        JsonSource(Path report) throws IOException {
            this.report = report;
            lines = Files.newBufferedReader(report, StandardCharsets.UTF_8);
        }

        @Override
        public Optional<ReportedFinding> next() throws IOException {
            String line = lines.readLine();
            number++;
            if (line == null) {
                return Optional.empty();
            }
            try {
                JsonNode finding = ParsedResponse.EXACT.readTree(line);
                return Optional.of(finding(
                        report,
                        number,
                        finding.path("finding").asText(),
                        text(finding, "event_id"),
                        text(finding, "credyt_event_id"),
                        text(finding, "account"),
                        text(finding, "receipt")));
            } catch (JsonProcessingException malformed) {
                throw wrong(report, number, "is not JSON");
            }
        }

        private static String text(JsonNode finding, String field) {
            return finding.path(field).isTextual() ? finding.path(field).textValue() : "";
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }
}
