package io.usageflow.forwarder.reconcile.remedy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.forwarder.reconcile.EventRef.Position;
import io.usageflow.forwarder.reconcile.ReconcileFinding;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Difference;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.ReportFormat;
import io.usageflow.forwarder.reconcile.remedy.ReportReader.ReportedFinding;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportReaderTest {
    private static final String HEADER =
            "finding,event_id,credyt_event_id,account,customer,event_type,accepted_at,field,"
                    + "ours,theirs,detail,receipt,deliverable\n";

    @TempDir
    Path folder;

    @Test
    void shouldReadWhatReconcileWritesInBothFormats() throws IOException {
        List<ReconcileFinding> findings = List.of(
                finding("=cmd", "a", Kind.FEES_DOUBLE, 2), finding("req, \"2\"", "b", Kind.UNBILLED, 0), unreadable());
        List<ReportedFinding> expected = List.of(
                new ReportedFinding(Kind.FEES_DOUBLE, "=cmd", "a", "acct_1", new Position(2, 7)),
                new ReportedFinding(Kind.UNBILLED, "req, \"2\"", "b", "acct_1", new Position(2, 7)),
                new ReportedFinding(Kind.UNREADABLE, "", "", "", Position.NONE));

        assertThat(read("r.csv", HEADER + text(findings, ReportFormat.CSV))).isEqualTo(expected);
        assertThat(read("r.json", text(findings, ReportFormat.JSON))).isEqualTo(expected);
    }

    @Test
    void shouldNameTheLineThatIsNoFinding() {
        assertRefused("r.csv", "x,y\n", "r.csv, line 1: the header lacks one of finding, event_id");
        assertRefused("r.csv", HEADER + "UNBILLED,1\n", "line 2: has 2 cells, and the header 13");
        assertRefused("r.csv", HEADER + "LATER,1,2,3,4,5,6,7,8,9,10,0@1,0@1\n", "finding is 'LATER'");
        assertRefused("r.csv", HEADER + "UNBILLED,1,2,3,4,5,6,7,8,9,10,here,0@1\n", "receipt is 'here'");
        assertRefused("r.json", "{\"finding\":\"UNBILLED\"}\n{\n", "line 2: is not JSON");
        assertRefused("r.txt", "", "end its name in .csv");
    }

    private void assertRefused(String name, String text, String message) {
        assertThatThrownBy(() -> read(name, text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private List<ReportedFinding> read(String name, String text) throws IOException {
        Path report = Files.writeString(folder.resolve(name), text);
        List<ReportedFinding> findings = new ArrayList<>();
        try (ReportReader reader = ReportReader.open(report)) {
            for (Optional<ReportedFinding> next = reader.next(); next.isPresent(); next = reader.next()) {
                findings.add(next.get());
            }
        }
        return findings;
    }

    private static String text(List<ReconcileFinding> findings, ReportFormat format) {
        var text = new StringBuilder();
        findings.forEach(finding -> text.append(format.text(finding)));
        return text.toString();
    }

    private static ReconcileFinding finding(String eventId, String credytId, Kind kind, int fields) {
        List<Difference> differences = new ArrayList<>();
        for (int i = 0; i < fields; i++) {
            differences.add(new Difference("fees[" + i + "].amount", "-", "0.04 USD"));
        }
        return new ReconcileFinding(
                kind,
                new EventRef(
                        eventId,
                        credytId,
                        "acct_1",
                        new CredytReference(ReferenceKind.EXTERNAL_ID, "acme", null),
                        Optional.empty(),
                        Optional.empty(),
                        new Position(2, 7),
                        new Position(2, 8)),
                differences,
                "because, \"so\"");
    }

    private static ReconcileFinding unreadable() {
        return ReconcileFinding.of(
                Kind.UNREADABLE,
                new EventRef(
                        "",
                        "",
                        "",
                        new CredytReference(ReferenceKind.EXTERNAL_ID, "", null),
                        Optional.empty(),
                        Optional.empty(),
                        Position.NONE,
                        Position.NONE),
                "it has no value");
    }
}
