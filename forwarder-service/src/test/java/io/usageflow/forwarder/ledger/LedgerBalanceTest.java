package io.usageflow.forwarder.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.ledger.LedgerBalance.Finding;
import io.usageflow.forwarder.ledger.LedgerBalance.Finding.Kind;
import io.usageflow.schema.LedgerEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LedgerBalanceTest {
    private static final Map<String, Long> ADMITTING = Map.of(
            "received",
            10L,
            "admitted",
            6L,
            "duplicate",
            1L,
            "parked",
            1L,
            "dead_lettered",
            2L,
            "dead_lettered.TOO_OLD",
            2L);
    private static final Map<String, Long> DELIVERING =
            Map.of("received", 5L, "delivered", 4L, "dead_lettered", 1L, "dead_lettered.REJECTED", 1L);

    @Test
    void shouldBalanceAndCountWhatIsInFlight() {
        LedgerBalance balance = LedgerBalance.of(List.of(
                entry("admission", 0, ADMITTING), entry("delivery", 0, DELIVERING), entry("admission", 1, ADMITTING)));

        assertThat(balance.isBalanced()).isTrue();
        assertThat(balance.inFlight()).isEqualTo(1 + 6);
        assertThat(balance.total("admission", LedgerCounter.RECEIVED)).isEqualTo(20);
        assertThat(balance.totals("admission")).containsEntry("dead_lettered.TOO_OLD", 4L);
        assertThat(balance.totals("delivery")).containsEntry("delivered", 4L);
    }

    @Test
    void shouldLeaveOutTheResultOfAReconciliation() {
        LedgerEntry result = new ReconcileEntry(
                        ReconcileEntry.Check.RECEIPTS,
                        Instant.EPOCH,
                        Instant.EPOCH.plusSeconds(60),
                        Instant.EPOCH.plusSeconds(61),
                        3,
                        Map.of("missing", 3L))
                .toEntry();

        assertThat(LedgerBalance.of(List.of(result)).partitions()).isEmpty();
        assertThat(ReconcileEntry.among(List.of(result, entry("admission", 0, ADMITTING))))
                .singleElement()
                .satisfies(read -> assertThat(read.counts()).isEqualTo(Map.of("missing", 3L)))
                .satisfies(read -> assertThat(read.toEntry()).isEqualTo(result));
    }

    @Test
    void shouldNameStageAndPartitionOfWhatIsMissing() {
        LedgerBalance balance = LedgerBalance.of(List.of(
                entry("admission", 0, ADMITTING),
                entry("admission", 3, Map.of("received", 10L, "admitted", 8L)),
                entry("delivery", 3, Map.of("received", 3L, "delivered", 4L))));

        assertThat(balance.findings())
                .containsExactly(
                        new Finding(Kind.OUTCOMES, "admission", 3, 2), new Finding(Kind.OUTCOMES, "delivery", 3, -1));
        assertThat(balance.mayBeMoving()).isFalse();
        assertThat(balance.findings().get(0).text())
                .isEqualTo("admission, partition 3: received is 2 more than the sum of its outcomes");
    }

    @Test
    void shouldCompareAdmissionNowWithDeliveryBeforeWhileEventsFlow() {
        LedgerEntry admission = entry("admission", 0, Map.of("received", 8L, "admitted", 8L));
        LedgerEntry delivery = entry("delivery", 0, Map.of("received", 10L, "delivered", 10L));

        assertThat(LedgerBalance.inFlow(List.of(admission, delivery), List.of(), List.of())
                        .findings())
                .as("admission publishes its counters once a second")
                .isEmpty();
        assertThat(LedgerBalance.inFlow(List.of(admission, delivery), List.of(admission, delivery), List.of())
                        .findings())
                .as("it has had the time")
                .containsExactly(new Finding(Kind.AHEAD, "delivery", 0, -2));
    }

    @Test
    void shouldNoticeADeadLetterWithoutReason() {
        LedgerBalance balance =
                LedgerBalance.of(List.of(entry("delivery", 0, Map.of("received", 1L, "dead_lettered", 1L))));

        assertThat(balance.findings()).contains(new Finding(Kind.REASONS, "delivery", 0, 1));
    }

    @Test
    void shouldNoticeThatDeliverySettledMoreThanWasAdmitted() {
        LedgerBalance balance = LedgerBalance.of(List.of(
                entry("admission", 0, Map.of("received", 3L, "admitted", 3L)),
                entry("delivery", 0, Map.of("received", 5L, "delivered", 5L))));

        assertThat(balance.findings()).containsExactly(new Finding(Kind.AHEAD, "delivery", 0, -2));
        assertThat(balance.mayBeMoving()).isTrue();
        assertThat(balance.findings().get(0).text()).contains("partition 0").contains("settled 2 more");
    }

    @Test
    void shouldNameWhatExpiredUnreadAlthoughNoEquationHasIt() {
        LedgerBalance balance = LedgerBalance.of(List.of(
                entry("admission", 0, Map.of("received", 3L, "admitted", 3L, "expired_unread", 4L, "log_replaced", 1L)),
                entry("delivery", 0, Map.of("received", 1L, "delivered", 1L, "expired_unread", 2L))));

        assertThat(balance.findings())
                .containsExactly(
                        new Finding(Kind.EXPIRED_UNREAD, "admission", 0, 4),
                        new Finding(Kind.EXPIRED_UNREAD, "delivery", 0, 2));
        assertThat(balance.isBalanced()).as("so that the exit code is 1").isFalse();
        assertThat(balance.mayBeMoving()).isFalse();
        assertThat(balance.findings().get(0).text())
                .isEqualTo(
                        "admission, partition 0: Kafka deleted 4 records before they were read (docs/runbook.md, Events"
                                + " expired unread)");
        assertThat(balance.inFlight()).isEqualTo(2);
    }

    @Test
    void shouldBalanceUpToAKnownNumberOfRecordsThatExpiredUnread() {
        LedgerBalance balance = LedgerBalance.of(List.of(
                entry("admission", 0, Map.of("received", 3L, "admitted", 3L, "expired_unread", 4L)),
                entry("delivery", 0, Map.of("received", 1L, "delivered", 1L, "expired_unread", 2L))));

        assertThat(balance.withKnownExpired(5).isBalanced()).isFalse();
        assertThat(balance.withKnownExpired(5).openFindings()).hasSize(2);
        LedgerBalance known = balance.withKnownExpired(6);
        assertThat(known.isBalanced()).isTrue();
        assertThat(known.findings()).as("still shown").hasSize(2);
        assertThat(known.expiredUnread()).isEqualTo(6);
    }

    @Test
    void shouldAcknowledgeNoOtherFinding() {
        LedgerBalance balance = LedgerBalance.of(
                        List.of(entry("admission", 0, Map.of("received", 3L, "admitted", 2L, "expired_unread", 4L))))
                .withKnownExpired(100);

        assertThat(balance.openFindings()).containsExactly(new Finding(Kind.OUTCOMES, "admission", 0, 1));
        assertThat(balance.isBalanced()).isFalse();
    }

    @Test
    void shouldReadAgainAfterRecordsExpiredUnread() {
        LedgerBalance balance = LedgerBalance.of(List.of(
                entry("admission", 0, Map.of("received", 3L, "admitted", 3L, "expired_unread", 4L)),
                entry("delivery", 0, Map.of("received", 5L, "delivered", 5L))));

        assertThat(balance.mayBeMoving()).isTrue();
    }

    @Test
    void shouldBalanceWhereThereIsNothing() {
        assertThat(LedgerBalance.of(List.of()).isBalanced()).isTrue();
    }

    private static LedgerEntry entry(String stage, int partition, Map<String, Long> counters) {
        return new LedgerEntry(stage, partition, counters, Instant.EPOCH, null, Map.of());
    }
}
