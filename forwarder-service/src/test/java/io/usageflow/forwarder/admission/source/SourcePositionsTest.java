package io.usageflow.forwarder.admission.source;

import static io.usageflow.forwarder.testing.WatchedTopics.AGAIN;
import static io.usageflow.forwarder.testing.WatchedTopics.FIRST;
import static io.usageflow.forwarder.testing.WatchedTopics.MOVED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.forwarder.admission.AdmissionDriver;
import io.usageflow.forwarder.admission.HeapStore;
import io.usageflow.forwarder.admission.check.RegistryRetry.RegistryStatus;
import io.usageflow.forwarder.admission.counters.AdmissionLedger;
import io.usageflow.forwarder.admission.counters.AdmissionMeters;
import io.usageflow.forwarder.admission.source.SourcePosition.Begin;
import io.usageflow.forwarder.admission.streams.ThreadFailurePolicy;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.testing.WatchedTopics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * Admission's positions through restarts of its task. The siblings, and what each does:
 *
 * <table>
 * <caption>Where a task begins</caption>
 * <tr><td>same log</td><td>as the group's offset says; where Kafka has forgotten that, at its own</td></tr>
 * <tr><td>topic made again, at start or in mid-run</td><td>earliest record; an error log, a meter, the ledger</td></tr>
 * <tr><td>moved to another cluster</td><td>likewise</td></tr>
 * <tr><td>killed before it has read anything of the new log</td><td>likewise</td></tr>
 * <tr><td>written by an earlier version</td><td>as the group's offset says; the log is adopted</td></tr>
 * <tr><td>vendor links, which are read whole at each start</td><td>in mid-run: the process ends and starts again</td></tr>
 * <tr><td>records expired unread</td><td>first record that is left; counted once</td></tr>
 * </table>
 */
class SourcePositionsTest {
    private static final TopicPartition EVENTS = new TopicPartition("usage.events", 0);
    private static final String VENDOR_LINKS = "usage.vendor-links";

    private final HeapStore store = new HeapStore();
    private final WatchedTopics topics = new WatchedTopics();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final SourceOffsets offsets = new SourceOffsets();
    private final AdmissionMeters counted =
            new AdmissionMeters(meters, new RegistryStatus(), AdmissionDriver.settings());
    private AdmissionLedger ledger = new AdmissionLedger(store);
    private long nanos;
    /** As the process began with it; unknown where the test is about other topics. */
    private LogId vendorLinks = LogId.UNKNOWN;

    private SourcePositions open() {
        ledger = new AdmissionLedger(store);
        nanos += Duration.ofSeconds(6).toNanos();
        return new SourcePositions(
                store,
                ledger,
                new SourcePositions.Sources(
                        offsets,
                        topics.watch(() -> nanos, EVENTS.topic(), VENDOR_LINKS),
                        counted,
                        new SourcePositions.ReadWhole(VENDOR_LINKS, vendorLinks)),
                EVENTS);
    }

    private void commit(SourcePositions positions) {
        positions.write();
        ledger.write();
    }

    private long ledger(String counter) {
        return new AdmissionLedger(store).publish().getOrDefault(counter, 0L);
    }

    private void readTo(long last) {
        SourcePositions positions = open();
        positions.read(EVENTS.topic(), last);
        commit(positions);
    }

    private void begins(Begin begin) {
        assertThat(open().of(EVENTS.topic()).begin()).isEqualTo(begin);
    }

    @Test
    void shouldBeginAsCommittedInTheSameLog() {
        readTo(41);

        assertThat(open().of(EVENTS.topic())).isEqualTo(new SourcePosition(FIRST, OptionalLong.of(42), 0));
        assertThat(ledger("log_replaced")).isZero();
    }

    @Test
    void shouldBeginAtTheEarliestRecordOfAnotherLogAndCountItOnce() {
        for (LogId other : List.of(AGAIN, MOVED)) {
            readTo(41);
            topics.become(other);

            SourcePositions positions = open();
            assertThat(positions.of(EVENTS.topic()).begin()).isEqualTo(Begin.AT_EARLIEST);
            commit(positions);

            begins(Begin.AT_EARLIEST);
            readTo(3);
            begins(Begin.AS_COMMITTED);
            assertThat(open().of(EVENTS.topic()).next()).hasValue(4);
        }
        assertThat(ledger("log_replaced")).isEqualTo(2);
        assertThat(meters.get("usageflow.admission.logs.replaced").counter().count())
                .isEqualTo(2);
        assertThat(counted.losses()).contains("another log");
    }

    @Test
    void shouldForgetTheOtherLogWhereItsTransactionWasAborted() {
        readTo(41);
        topics.become(AGAIN);
        open();

        begins(Begin.AT_EARLIEST);
        assertThat(ledger("log_replaced")).as("nothing was committed").isZero();
    }

    @Test
    void shouldStopTheTaskWhereTheTopicIsMadeAgainWhileItReads() {
        SourcePositions positions = open();
        positions.requireSameLogs();
        topics.become(AGAIN);
        nanos += Duration.ofSeconds(6).toNanos();

        assertThatThrownBy(positions::requireSameLogs)
                .isInstanceOf(SourcePositions.LogReplacedException.class)
                .hasMessageContaining("usage.events was deleted and created again")
                .satisfies(failure -> assertThat(ThreadFailurePolicy.passes(failure))
                        .as("another thread takes over and begins at the earliest record")
                        .isTrue());
    }

    @Test
    void shouldEndTheProcessWhereVendorLinksAreMadeAgainSinceOnlyAStartReadsThemWhole() {
        vendorLinks = FIRST;
        open().requireSameLogs();
        topics.become(AGAIN);

        assertThatThrownBy(() -> open().requireSameLogs())
                .isInstanceOf(SourcePositions.VendorLinksReplacedException.class)
                .satisfies(failure -> assertThat(ThreadFailurePolicy.remedy(failure))
                        .hasValueSatisfying(text -> assertThat(text).contains("restart")));
    }

    @Test
    void shouldAdoptTheLogAfterAnUpgrade() {
        SourcePositions positions = open();
        assertThat(positions.of(EVENTS.topic()).begin()).isEqualTo(Begin.AS_COMMITTED);
        commit(positions);

        topics.become(AGAIN);
        begins(Begin.AT_EARLIEST);
    }

    @Test
    void shouldNotTakeAnUnknownLogForAnotherOne() {
        readTo(41);
        topics.become(LogId.UNKNOWN);
        begins(Begin.AS_COMMITTED);
        topics.become(FIRST);
        begins(Begin.AS_COMMITTED);
    }

    @Test
    void shouldCountWhatExpiredUnreadOnceThroughRestarts() {
        readTo(41);
        for (int start = 0; start < 3; start++) {
            SourcePositions positions = open();
            jump(42, 46);
            commit(positions);
        }

        assertThat(ledger("expired_unread")).isEqualTo(4);
        assertThat(ledger("expired_unread.usage.events")).isEqualTo(4);
        assertThat(meters.get("usageflow.admission.expired.unread")
                        .tag("topic", "usage.events")
                        .counter()
                        .count())
                .isEqualTo(4);
        assertThat(counted.losses()).contains("4 records expired unread");
    }

    @Test
    void shouldNameTheLogsInTheLedger() {
        assertThat(open().logs()).isEqualTo(Map.of(EVENTS.topic(), FIRST.text()));
        topics.become(LogId.UNKNOWN);
    }

    @Test
    void shouldComeBackAsItWasWritten() {
        for (SourcePosition position : List.of(
                SourcePosition.UNKNOWN,
                new SourcePosition(FIRST, OptionalLong.of(SourcePosition.NONE_READ), 1_700_000_000_000L),
                new SourcePosition(MOVED, OptionalLong.of(9_007_199_254_740_993L), 5))) {
            assertThat(SourcePosition.parse(position.text())).isEqualTo(position);
        }
        assertThatThrownBy(() -> SourcePosition.parse("log=a/b;next=7"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("newer version");
    }

    /** Retention overtakes the consumer. */
    private void jump(long position, long first) {
        var consumer = new MockConsumer<byte[], byte[]>("none");
        consumer.assign(List.of(EVENTS));
        consumer.seek(EVENTS, position);
        consumer.updateBeginningOffsets(Map.of(EVENTS, first));
        consumer.setPollException(new OffsetOutOfRangeException(Map.of(EVENTS, position)));
        offsets.poll(consumer, Duration.ZERO, consumer::poll);
    }
}
