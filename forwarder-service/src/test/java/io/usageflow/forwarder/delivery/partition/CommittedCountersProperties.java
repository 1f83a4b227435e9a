package io.usageflow.forwarder.delivery.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.partition.SettledRecord.SettlementResult;
import io.usageflow.forwarder.delivery.partition.SettledRecord.SettlementResult.Dead;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.ledger.LedgerCounter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class CommittedCountersProperties {
    @Property(tries = 200)
    void comeBackAsTheyWereWritten(
            @ForAll @IntRange(max = 500) int delivered,
            @ForAll @IntRange(max = 50) int known,
            @ForAll List<DeadLetterReason> dead) {
        List<SettlementResult> results = new ArrayList<>();
        for (int i = 0; i < delivered; i++) {
            results.add(SettledRecord.DELIVERED);
        }
        for (int i = 0; i < known; i++) {
            results.add(SettledRecord.ALREADY_KNOWN);
        }
        dead.forEach(reason -> results.add(new Dead(reason)));

        CommittedCounters counters = CommittedCounters.NONE.plus(results);

        assertThat(CommittedCounters.parse(counters.format())).contains(counters);
        assertThat(counters.count(LedgerCounter.RECEIVED.key())).isEqualTo(results.size());
        assertThat(counters.count(LedgerCounter.DELIVERED.key())).isEqualTo(delivered + known);
        assertThat(counters.count(LedgerCounter.ALREADY_KNOWN.key())).isEqualTo(known);
        assertThat(counters.count(LedgerCounter.DEAD_LETTERED.key())).isEqualTo(dead.size());
    }

    @Example
    void fitIntoAnOffsetsMetadataEvenAfterYears() {
        CommittedCounters counters = CommittedCounters.NONE;
        List<SettlementResult> all = new ArrayList<>(List.of(SettledRecord.DELIVERED, SettledRecord.ALREADY_KNOWN));
        for (DeadLetterReason reason : DeadLetterReason.values()) {
            all.add(new Dead(reason));
        }
        String longest = counters.plus(all).format().replaceAll("=\\d+", "=999999999999999999");
        assertThat(longest.length()).isLessThan(4_096);
        assertThat(CommittedCounters.parse(longest)).isPresent();
    }

    @Example
    void comeWithTheLogAndEarlierVersionsKeepItAsACounterThatCountsNothing() {
        CommittedCounters counters =
                new CommittedCounters(Map.of("received", 7L)).in(new LogId("kHsFb-1_", "3vQ8mXWcTbqN0x-_aZ0b1A"));

        assertThat(CommittedCounters.parse(counters.format())).contains(counters);
        assertThat(counters.format())
                .as("a name and a number, as version 0.1.0 takes them")
                .isEqualTo("usageflow-delivery-1;log:kHsFb-1_/3vQ8mXWcTbqN0x-_aZ0b1A=0;received=7");
        assertThat(CommittedCounters.parse("usageflow-delivery-1;received=7"))
                .contains(new CommittedCounters(Map.of("received", 7L), LogId.UNKNOWN));
    }

    @Example
    void areNoneWhereTheMetadataIsNotOurs() {
        for (String foreign : List.of(
                "",
                "hello",
                "usageflow-delivery-2;received=1",
                "usageflow-delivery-1;received",
                "usageflow-delivery-1;received=x",
                "usageflow-delivery-1;=3",
                "usageflow-delivery-1;received=-3")) {
            assertThat(CommittedCounters.parse(foreign)).as(foreign).isEmpty();
        }
        assertThat(CommittedCounters.parse("usageflow-delivery-1;")).contains(CommittedCounters.NONE);
    }
}
