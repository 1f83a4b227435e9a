package io.usageflow.forwarder.reconcile;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Difference;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.text.VisibleText;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How findings are written: CSV, one row for each differing field, or JSON Lines, one for each event. Pure. */
public enum ReportFormat {
    CSV {
        @Override
        String heading() {
            return String.join(",", COLUMNS) + "\n";
        }

        @Override
        public String text(ReconcileFinding finding) {
            Stream<Difference> rows = finding.differences().isEmpty()
                    ? Stream.of(new Difference("", "", ""))
                    : finding.differences().stream();
            return rows.map(row -> row(finding, row)).collect(Collectors.joining());
        }
    },
    JSON {
        @Override
        String heading() {
            return "";
        }

        @Override
        public String text(ReconcileFinding finding) {
            return VisibleText.line(json(finding).toString()) + "\n";
        }
    };

    /** With the full-width forms, which some spreadsheets treat like the plain ones. */
    private static final Pattern FORMULA = Pattern.compile("[=+\\-@\uFF1D\uFF0B\uFF0D\uFF20]");

    private static final Pattern NUMBER = Pattern.compile("-|[-+]?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
    private static final Pattern SEPARATOR = Pattern.compile("[,;\"]");

    private static final List<String> COLUMNS = List.of(
            "finding",
            "event_id",
            "credyt_event_id",
            "account",
            "customer",
            "event_type",
            "accepted_at",
            "field",
            "ours",
            "theirs",
            "detail",
            "receipt",
            "deliverable");

    abstract String heading();

    public abstract String text(ReconcileFinding finding);

    /**
     * Returns the format that the file's name asks for.
     *
     * @throws IllegalArgumentException if the name has neither ending
     */
    public static ReportFormat of(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".csv")) {
            return CSV;
        }
        if (name.endsWith(".json") || name.endsWith(".jsonl")) {
            return JSON;
        }
        throw new IllegalArgumentException(
                "the report is " + file + ": end its name in .csv, or in .json for JSON Lines");
    }

    public static ObjectNode json(ReconcileFinding finding) {
        EventRef event = finding.event();
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("finding", finding.kind().name())
                .put("event_id", textOrNull(event.eventId()))
                .put("credyt_event_id", textOrNull(event.credytId()))
                .put("account", event.account())
                .put(customerField(event), event.customer().getValue())
                .put("event_type", event.eventType().orElse(null))
                .put("accepted_at", event.acceptedAt().map(Instant::toString).orElse(null));
        var differences = json.putArray("differences");
        finding.differences().forEach(difference -> differences
                .addObject()
                .put("field", difference.field())
                .put("ours", difference.ours())
                .put("theirs", difference.theirs()));
        json.put("detail", finding.detail());
        json.put("receipt", textOrNull(text(event.receipt())));
        return json.put("deliverable", textOrNull(text(event.deliverable())));
    }

    private static String row(ReconcileFinding finding, Difference difference) {
        EventRef event = finding.event();
        return Stream.of(
                                finding.kind().name(),
                                event.eventId(),
                                event.credytId(),
                                event.account(),
                                event.customer().getValue(),
                                event.eventType().orElse(""),
                                event.acceptedAt().map(Instant::toString).orElse(""),
                                difference.field(),
                                difference.ours(),
                                difference.theirs(),
                                finding.detail(),
                                text(event.receipt()),
                                text(event.deliverable()))
                        .map(ReportFormat::cell)
                        .collect(Collectors.joining(","))
                + "\n";
    }

    /**
     * A cell by RFC 4180, with invisible characters escaped. A text that a spreadsheet would run as a formula begins
     * with an apostrophe, except numbers. The semicolon separates cells in some countries. JSON has the texts as they
     * are.
     */
    private static String cell(String text) {
        String shown = VisibleText.of(text, Integer.MAX_VALUE);
        String safe =
                FORMULA.matcher(shown).lookingAt() && !NUMBER.matcher(shown).matches() ? "'" + shown : shown;
        return SEPARATOR.matcher(safe).find() ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }

    private static String customerField(EventRef event) {
        return event.customer().getKind() == ReferenceKind.EXTERNAL_ID ? "customer_external_id" : "customer_id";
    }

    private static String text(EventRef.Position place) {
        return place.equals(EventRef.Position.NONE) ? "" : place.partition() + "@" + place.offset();
    }

    private static @Nullable String textOrNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
