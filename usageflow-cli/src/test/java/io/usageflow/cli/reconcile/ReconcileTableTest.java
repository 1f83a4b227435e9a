package io.usageflow.cli.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.ReconcileRun.ReconcileResult;
import io.usageflow.forwarder.reconcile.receipts.ReconcileSummary;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReconcileTableTest {
    @Test
    void shouldSayThatReceiptsCouldNotBeRead() {
        var summary = new ReconcileSummary(
                10,
                Map.of(Kind.UNREADABLE, 2L),
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of("a fee has no amount", 3L),
                Map.of(Kind.UNBILLED, 1L));
        var result = new ReconcileResult<>(summary, Instant.EPOCH, Instant.MAX, true, false, List.of());

        ReconcileTable.Document document = ReconcileTable.Document.of(result);

        assertThat(document.complete()).isFalse();
        assertThat(document.finished()).isTrue();
        assertThat(document.findings()).containsEntry("unreadable", 2L);
        assertThat(ReconcileTable.of(result, List.of(), Optional.empty()))
                .contains("  as they should be            8")
                .contains("corrected by 'usageflow remedy': 1 UNBILLED")
                .contains("note: no price was compared with the fees of 3 events: a fee has no amount")
                .contains("NOT CLEAN: 2 of 10 events, and NOT COMPLETE: 2 records among the receipts cannot be read");
    }
}
