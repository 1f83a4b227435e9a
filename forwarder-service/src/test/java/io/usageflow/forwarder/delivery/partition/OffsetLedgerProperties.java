package io.usageflow.forwarder.delivery.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class OffsetLedgerProperties {

    /** Receives with gaps, settles in any order, commits now and then: against a model that is a sorted map. */
    @Property(tries = 300)
    void commitsExactlyTheSettledRunAndEachOutcomeOnceInOrder(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 400) int records,
            @ForAll @IntRange(min = 1, max = 50) int most) {
        Random random = new Random(seed);
        var ledger = new OffsetLedger<String>();
        TreeMap<Long, Boolean> model = new TreeMap<>();
        List<Long> outstanding = new ArrayList<>();
        List<String> written = new ArrayList<>();
        List<Long> received = new ArrayList<>();
        long next = random.nextInt(10);
        long committed = -1;
        while (received.size() < records || !outstanding.isEmpty()) {
            switch (random.nextInt(3)) {
                case 0 -> {
                    for (int i = random.nextInt(20); i >= 0 && received.size() < records; i--) {
                        next += random.nextInt(4); // markers and aborted records
                        ledger.received(next);
                        model.put(next, false);
                        outstanding.add(next);
                        received.add(next);
                        next++;
                    }
                    next += random.nextInt(3);
                    ledger.position(next);
                }
                case 1 -> {
                    for (int i = random.nextInt(10); i >= 0 && !outstanding.isEmpty(); i--) {
                        long offset = outstanding.remove(random.nextInt(outstanding.size()));
                        ledger.settle(offset, "outcome of " + offset);
                        model.put(offset, true);
                    }
                }
                default -> {
                    OffsetLedger.Run<String> run = ledger.committable(most);
                    long bound = model.entrySet().stream()
                            .filter(entry -> !entry.getValue())
                            .map(java.util.Map.Entry::getKey)
                            .findFirst()
                            .orElse(Math.max(next, 0));
                    assertThat(run.offset()).as("nothing outstanding is passed").isLessThanOrEqualTo(bound);
                    assertThat(run.offset()).as("never backwards").isGreaterThanOrEqualTo(committed);
                    ledger.committed(run);
                    written.addAll(run.outcomes());
                    committed = run.offset();
                    model.headMap(run.offset()).clear();
                }
            }
            assertThat(ledger.outstanding()).isEqualTo(outstanding.size());
            assertThat(ledger.held()).isEqualTo(received.size() - outstanding.size() - written.size());
        }
        while (ledger.hasProgress()) {
            OffsetLedger.Run<String> run = ledger.committable(most);
            ledger.committed(run);
            written.addAll(run.outcomes());
            committed = run.offset();
        }

        assertThat(written)
                .isEqualTo(
                        received.stream().map(offset -> "outcome of " + offset).toList());
        assertThat(committed).as("markers at the tail are passed").isEqualTo(next);
    }

    @Example
    void commitsNothingAboveAnOutstandingRecord() {
        var ledger = ledger(3, 5, 9);
        ledger.settle(5, "b");
        ledger.settle(9, "c");

        assertThat(ledger.hasProgress()).isFalse();
        assertThat(ledger.committable(10).outcomes()).isEmpty();
        assertThat(ledger.committable(10).offset()).isEqualTo(3);
        assertThat(ledger.oldestOutstanding()).hasValue(3);
    }

    @Example
    void commitsTheOffsetOfTheNextReceivedRecordAcrossAGap() {
        var ledger = ledger(3, 5, 9);
        ledger.settle(3, "a");
        ledger.settle(5, "b");

        OffsetLedger.Run<String> run = ledger.committable(10);

        assertThat(run.outcomes()).containsExactly("a", "b");
        assertThat(run.offset()).isEqualTo(9);
    }

    @Example
    void commitsThePositionWhereNothingIsOutstanding() {
        var ledger = ledger(3);
        ledger.settle(3, "a");
        assertThat(ledger.committable(10).offset()).isEqualTo(4);
        ledger.committed(ledger.committable(10));
        assertThat(ledger.hasProgress()).isFalse();

        ledger.position(7);

        assertThat(ledger.hasProgress()).as("markers alone").isTrue();
        assertThat(ledger.committable(10)).isEqualTo(new OffsetLedger.Run<>(List.of(), 7));
    }

    @Example
    void doesNotCommitAgainWhatTheGroupHas() {
        var ledger = new OffsetLedger<String>();
        ledger.position(7);
        ledger.startedAt(7);
        assertThat(ledger.hasProgress()).isFalse();
    }

    @Example
    void refusesWhatWouldCountTwice() {
        var ledger = ledger(3, 5);
        ledger.settle(3, "a");

        assertThatThrownBy(() -> ledger.settle(3, "again")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> ledger.settle(4, "never received")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> ledger.received(5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ledger.position(5)).isInstanceOf(IllegalArgumentException.class);
    }

    private static OffsetLedger<String> ledger(long... received) {
        var ledger = new OffsetLedger<String>();
        for (long offset : received) {
            ledger.received(offset);
        }
        ledger.position(received[received.length - 1] + 1);
        return ledger;
    }
}
