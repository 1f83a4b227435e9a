package io.usageflow.forwarder.reconcile.receipts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.json.ReportJson;
import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.kafka.OwnTopicDecoder.UnreadableRecords;
import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.ReportFormat;
import io.usageflow.forwarder.reconcile.receipts.ReconcileSummary.ReceiptTotals;
import io.usageflow.forwarder.reconcile.unknown.UnknownSummary;
import io.usageflow.forwarder.reconcile.unknown.UnknownSummary.Count;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What stands among the receipts and is none. No record stops a reconciliation, of either direction: each is named, counted,
 * and the result is not clean and not complete.
 *
 * <table>
 * <caption>Siblings, each tested here</caption>
 * <tr><td>rubbish bytes, a cut receipt, no bytes, no value</td><td>UNREADABLE, by its place</td></tr>
 * <tr><td>schema id that the registry does not know</td><td>UNREADABLE, with the remedy: the registry's schemas</td></tr>
 * <tr><td>a receipt without a key</td><td>judged: its value says whose it is</td></tr>
 * <tr><td>a receipt that names no place that a topic can have</td><td>judged without what was sent</td></tr>
 * <tr><td>the registry is away</td><td>ends the run, which the same command resumes later</td></tr>
 * </table>
 */
class ReceiptBatchTest {
    private static final byte[] UNKNOWN_ID = {0, 0, 0, 0x12, 0x67, 1, 2, 3};

    private final String scope = UUID.randomUUID().toString();
    private final Map<String, String> registry = Map.of("schema.registry.url", "mock://" + scope);
    private final OwnTopicDecoder<Receipt> receipts = new OwnTopicDecoder<>(registry, Receipt.class);

    @AfterEach
    void forgetScope() {
        receipts.close();
        InMemorySchemaRegistry.dropScope(scope);
    }

    private List<byte @Nullable []> bad() {
        byte[] good = bytes();
        return Arrays.asList(
                "rubbish".getBytes(UTF_8), Arrays.copyOf(good, good.length - 3), new byte[0], null, UNKNOWN_ID);
    }

    @Test
    void shouldNameEachRecordThatIsNoReceiptAndJudgeTheOthers() {
        var batch = new ReceiptBatch(receipts, receipt -> true);
        long offset = 0;
        for (byte @Nullable [] value : bad()) {
            batch.take(record(offset++, value));
            batch.take(record(offset++, bytes()));
        }

        assertThat(batch.events()).hasSize(5);
        assertThat(batch.size()).isEqualTo(10);
        assertThat(batch.unreadable())
                .allSatisfy(finding -> assertThat(finding.kind()).isEqualTo(Kind.UNREADABLE))
                .extracting(finding -> finding.event().receipt().offset())
                .containsExactly(0L, 2L, 4L, 6L, 8L);
        assertThat(batch.unreadable().get(0).detail()).startsWith("usage.receipts partition 3 offset 0: ");
        assertThat(batch.unreadable().get(3).detail()).contains("no value");
        assertThat(batch.unreadable().get(4).detail()).contains("restore the registry's schemas");
        assertThat(ReportFormat.CSV.text(batch.unreadable().get(0))).startsWith("UNREADABLE,");
        assertThat(ReportFormat.JSON.text(batch.unreadable().get(0))).contains("\"receipt\":\"3@0\"");
    }

    @Test
    void shouldCountThemAlsoWhereARunGoesOn() throws Exception {
        var batch = new ReceiptBatch(receipts, receipt -> true);
        bad().forEach(value -> batch.take(record(1, value)));
        var totals = new ReceiptTotals();
        batch.unreadable().forEach(totals::unreadable);

        ReconcileSummary summary = ReportJson.read(ReportJson.line(totals.summary()), ReconcileSummary.class);

        assertThat(summary.count(Kind.UNREADABLE)).isEqualTo(5);
        assertThat(summary.receipts()).isEqualTo(5);
        assertThat(summary.found()).as("the exit code is 1").isEqualTo(5);
        assertThat(summary.isWhole()).isFalse();
        assertThat(ReportJson.read("{\"receipts\":3}", ReconcileSummary.class).found())
                .as("as earlier versions wrote it")
                .isZero();
    }

    @Test
    void shouldCallNothingWholeWhereARecordMayHoldTheMissingReceipt() {
        var unreadable = new UnreadableRecords();
        bad().forEach(value ->
                assertThat(receipts.read(record(7, value), unreadable)).isEmpty());
        bad().forEach(value -> receipts.read(record(8, value), unreadable));

        assertThat(unreadable.count()).isEqualTo(10);
        assertThat(unreadable.named()).hasSize(5).first().asString().contains("usage.receipts partition 3 offset 7");
        UnknownSummary once = UnknownSummary.NONE.atLeast(Count.UNREADABLE, unreadable.count());
        assertThat(once.isWhole()).isFalse();
        assertThat(once.hasFindings()).isTrue();
        assertThat(once.atLeast(Count.UNREADABLE, 10)
                        .atLeast(Count.UNREADABLE, 3)
                        .count(Count.UNREADABLE))
                .as("each reading meets them again")
                .isEqualTo(10);
    }

    @Test
    void shouldLookForNothingAtAPlaceThatNoTopicHas() {
        assertThat(SentEventReader.isWithin(new EventRef.Position(0, -1), 5)).isFalse();
        assertThat(SentEventReader.isWithin(new EventRef.Position(-1, 0), 5)).isFalse();
        assertThat(SentEventReader.isWithin(new EventRef.Position(0, Long.MAX_VALUE), 5))
                .isFalse();
        assertThat(SentEventReader.isWithin(new EventRef.Position(0, 4), 5)).isTrue();
    }

    private byte[] bytes() {
        return AvroSerdes.<Receipt>valueSerializer(registry)
                .serialize(
                        "t",
                        Receipt.newBuilder()
                                .setEventId("e1")
                                .setAccountId("acct_1")
                                .setCredytEventId(UUID.randomUUID().toString())
                                .setCustomer(new CredytReference(ReferenceKind.EXTERNAL_ID, "acct_1", null))
                                .setOutcome("ACCEPTED")
                                .setHttpStatus(202)
                                .setAttempts(1)
                                .setAcceptedAt(Instant.EPOCH)
                                .setSource(new SourceCoordinates("usage.events", 0, 0L, Instant.EPOCH, null))
                                .setDeliverablePartition(0)
                                .setDeliverableOffset(0L)
                                .build());
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, byte @Nullable [] value) {
        return new ConsumerRecord<>("usage.receipts", 3, offset, null, value);
    }
}
