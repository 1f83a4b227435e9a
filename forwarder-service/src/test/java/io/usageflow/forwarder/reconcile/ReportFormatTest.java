package io.usageflow.forwarder.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.reconcile.ReconcileFinding.Difference;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportFormatTest {
    private static final EventRef SUBJECT = new EventRef(
            "=HYPERLINK(\"x\")",
            "c-1",
            "acme, inc",
            new CredytReference(ReferenceKind.CREDYT_ID, "cust_1", null),
            Optional.of(Instant.parse("2026-11-01T10:00:00Z")),
            Optional.of("call"),
            new EventRef.Position(1, 2),
            new EventRef.Position(3, 4));
    private static final ReconcileFinding FINDING = new ReconcileFinding(
            Kind.DIFFERENT,
            SUBJECT,
            List.of(new Difference("costs[0].amount", "-0.5", "1E3"), new Difference("subject", "-", "a\nb")),
            "other content");

    @Test
    void shouldWriteARowForEachFieldThatASpreadsheetTakesAsItIs() {
        assertThat(ReportFormat.CSV.text(FINDING).lines())
                .containsExactly(
                        "DIFFERENT,\"'=HYPERLINK(\"\"x\"\")\",c-1,\"acme, inc\",cust_1,call,2026-11-01T10:00:00Z,"
                                + "costs[0].amount,-0.5,1E3,other content,1@2,3@4",
                        "DIFFERENT,\"'=HYPERLINK(\"\"x\"\")\",c-1,\"acme, inc\",cust_1,call,2026-11-01T10:00:00Z,"
                                + "subject,-,a\\u000Ab,other content,1@2,3@4");
    }

    @Test
    void shouldWriteALineForEachEventForScripts() {
        assertThat(ReportFormat.JSON.text(FINDING))
                .startsWith("{\"finding\":\"DIFFERENT\",\"event_id\":\"=HYPERLINK(\\\"x\\\")\"")
                .contains("\"customer_id\":\"cust_1\"")
                .endsWith("\"detail\":\"other content\",\"receipt\":\"1@2\",\"deliverable\":\"3@4\"}\n");
    }

    /** Siblings: each sign that begins a formula, also full-width; separators of other countries; what only looks so. */
    @Test
    void shouldLetNoCellBecomeAFormulaOrTwoCells() {
        for (String formula :
                List.of("=1", "+SUM(A1)", "-A1", "@x", "-1-1", "+1+cmd", "\uFF1D1", "\uFF0B1", "\uFF0Dx", "\uFF20x")) {
            assertThat(csvCell(formula)).isEqualTo("'" + formula);
        }
        for (String number : List.of("-0.5", "+3", "1E3", "-1.5e-7", "-")) {
            assertThat(csvCell(number)).isEqualTo(number);
        }
        assertThat(csvCell("a;=1")).isEqualTo("\"a;=1\"");
        assertThat(csvCell("\t=1")).isEqualTo("\\u0009=1");
        assertThat(csvCell("\r=1")).isEqualTo("\\u000D=1");
        assertThat(csvCell(" =1")).isEqualTo("\\u0020=1");
        assertThat(csvCell("a\u202eb")).isEqualTo("a\\u202Eb");
    }

    @Test
    void shouldWriteJsonThatIsHarmlessInATerminalAndOfTheSameValue() throws Exception {
        String json = ReportFormat.JSON.text(finding("a\u009b\u202eb"));

        assertThat(json).contains("a\\u009B\\u202Eb");
        assertThat(new com.fasterxml.jackson.databind.ObjectMapper()
                        .readTree(json)
                        .path("detail")
                        .asText())
                .isEqualTo("a\u009b\u202eb");
    }

    private static String csvCell(String detail) {
        String row = ReportFormat.CSV.text(finding(detail)).strip();
        return row.substring(row.indexOf(",,,,") + 4, row.lastIndexOf(",1@2"));
    }

    private static ReconcileFinding finding(String detail) {
        return new ReconcileFinding(Kind.MISSING, SUBJECT, List.of(), detail);
    }
}
