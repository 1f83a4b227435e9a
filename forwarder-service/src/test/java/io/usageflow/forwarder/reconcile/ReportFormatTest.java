package io.usageflow.forwarder.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportFormatTest {
    private static final Subject SUBJECT = new Subject(
            "=HYPERLINK(\"x\")",
            "c-1",
            "acme, inc",
            new CredytReference(ReferenceKind.CREDYT_ID, "cust_1"),
            Optional.of(Instant.parse("2026-11-01T10:00:00Z")),
            Optional.of("call"),
            new Subject.Place(1, 2),
            new Subject.Place(3, 4));
    private static final Finding FINDING = new Finding(
            FindingKind.DIFFERENT,
            SUBJECT,
            List.of(new Difference("costs[0].amount", "-0.5", "1E3"), new Difference("subject", "-", "a\nb")),
            "other content");

    @Test
    void shouldWriteARowForEachFieldThatASpreadsheetTakesAsItIs() {
        assertThat(ReportFormat.CSV.text(FINDING).replace("a\nb", "a|b").lines())
                .containsExactly(
                        "DIFFERENT,\"'=HYPERLINK(\"\"x\"\")\",c-1,\"acme, inc\",cust_1,call,2026-11-01T10:00:00Z,"
                                + "costs[0].amount,-0.5,1E3,other content,1@2,3@4",
                        "DIFFERENT,\"'=HYPERLINK(\"\"x\"\")\",c-1,\"acme, inc\",cust_1,call,2026-11-01T10:00:00Z,"
                                + "subject,-,\"a|b\",other content,1@2,3@4");
    }

    @Test
    void shouldWriteALineForEachEventForScripts() {
        assertThat(ReportFormat.JSON.text(FINDING))
                .startsWith("{\"finding\":\"DIFFERENT\",\"event_id\":\"=HYPERLINK(\\\"x\\\")\"")
                .contains("\"customer_id\":\"cust_1\"")
                .endsWith("\"detail\":\"other content\",\"receipt\":\"1@2\",\"deliverable\":\"3@4\"}\n");
    }
}
