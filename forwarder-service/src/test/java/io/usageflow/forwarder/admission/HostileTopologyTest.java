package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.Events.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.check.RecordSize;
import io.usageflow.forwarder.admission.source.BoundedConsumers;
import io.usageflow.forwarder.admission.source.RecordTime;
import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever a record has besides an event is foreign input too. What each kind becomes, by topic:
 *
 * <pre>
 *                          events, replays             customer links              vendor links
 * no or negative time      as appended with the        taken                       taken
 *                          latest before it
 * time in the far future   TOO_OLD                     taken, before events        taken
 * no key                   taken: the event names      refused                     refused
 *                          its account
 * huge key                 TOO_LARGE, by reference     refused                     refused
 * key that is not UTF-8    taken                       refused                     taken: no event asks for it
 * no value                 UNDECODABLE                 the account is unlinked     the vendor is unlinked
 * rubbish value            UNDECODABLE                 refused                     refused
 * unknown schema           UNKNOWN_SCHEMA              refused                     events with the vendor's
 *                                                                                  costs wait for a readable link
 * huge value               TOO_LARGE, by reference     refused                     refused
 * 10,000 short headers     taken, with its headers     refused                     taken
 * huge headers             TOO_LARGE, by reference     refused                     refused
 * broken lineage headers   taken; a made-up count of   rerouted three times        taken
 *                          reroutes is bounded by three
 * in the wrong partition   sent on; TOO_LARGE where    sent on                     there is one partition
 * and close to the limit   it might not fit again
 * </pre>
 *
 * <i>Refused</i> is a warning in the log and the meter {@code usageflow.admission.links{outcome="refused"}}. The schemas' own
 * faults are in the tests of the schemas.
 */
class HostileTopologyTest extends TopologyFixture {
    private static final long FAR_FUTURE = Long.MAX_VALUE;
    private static final byte[] ACCOUNT = "acct_1".getBytes(UTF_8);

    @ParameterizedTest
    @ValueSource(longs = {-1, -5_000_000_000L, Long.MIN_VALUE})
    void shouldTakeAnEventWithoutATimeAsAppendedWithTheLatestBeforeIt(long time) {
        admission.publish(event("req-1"));

        pipe("usage.events", encoded(event("req-2")), time);
        pipe("usage.replays", encoded(event("req-3")), time);

        assertThat(admission.delivered())
                .extracting(
                        DeliverableEvent::getEventId, each -> each.getSource().getTimestamp())
                .contains(org.assertj.core.groups.Tuple.tuple("req-2", Events.NOON));
        admission.publish(event("req-4"));
        assertThat(admission.deliveredIds()).containsExactly("req-4");
        assertThat(admission.ledger(LedgerCounter.RECEIVED)).isEqualTo(4);
    }

    @Test
    void shouldNotAdmitByGuessWhatHasNoTimeAtAll() {
        pipe("usage.events", encoded(event("req-1")), -1);

        assertThat(admission.deadLetters()).extracting(DeadLetter::getReason).containsExactly("IN_FUTURE");
    }

    @Test
    void shouldHoldAnEventOfTheFarFutureAndForgetNothingForIt() {
        admission.publish(event("req-1"));

        pipe("usage.events", encoded(event("req-2")), FAR_FUTURE);
        pipe("usage.replays", encoded(event("req-3")), FAR_FUTURE);
        admission.pass(AdmissionProcessor.UPKEEP_EVERY.multipliedBy(2));
        admission.publish(event("req-1"));
        admission.publish(event("req-4"));

        assertThat(admission.deliveredIds()).containsExactly("req-1", "req-3", "req-4");
        assertThat(admission.ledger(LedgerCounter.DUPLICATE)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE})
    void shouldTakeLinksWithAnyTime(long time) {
        byte[] link = admission.encodedLink("acct_2", "cust-2");
        admission.pipe("usage.customer-links", "acct_2".getBytes(UTF_8), link, new RecordHeaders(), time);
        admission.pipe("usage.customer-links", ACCOUNT, null, new RecordHeaders(), time);
        admission.publish(event("req-1", "acct_2"));
        admission.publish(event("req-2", "acct_1"));

        assertThat(admission.deliveredIds()).containsExactly("req-1");
        assertThat(admission.ledger(LedgerCounter.PARKED)).isEqualTo(1);
    }

    /** Streams takes the earliest record that it holds: a link of the year 292,278,994 would wait for all events. */
    @Test
    void shouldNotLetALinkWaitForEventsThatAreEarlier() {
        ConsumerRecord<Object, Object> link = record(FAR_FUTURE);

        assertThat(new RecordTime.OfLinks().extract(link, 5)).isLessThanOrEqualTo(System.currentTimeMillis());
        assertThat(new RecordTime.OfLinks().extract(record(-7), 5)).isEqualTo(5);
        assertThat(new RecordTime().extract(record(-7), -1)).isZero();
        assertThat(new RecordTime().extract(link, 5)).isEqualTo(FAR_FUTURE);
    }

    /** Streams makes records of a global store itself, and refuses a negative time with an exception. */
    @Test
    void shouldGiveVendorLinksATimeBeforeStreamsSeesThem() {
        TopicPartition partition = new TopicPartition("usage.vendor-links", 0);
        ConsumerRecord<byte[], byte[]> untimed = new ConsumerRecord<>(
                "usage.vendor-links",
                0,
                7,
                -1,
                TimestampType.CREATE_TIME,
                6,
                1,
                ACCOUNT,
                new byte[] {1},
                new RecordHeaders().add("a", null),
                java.util.Optional.empty());

        ConsumerRecords<byte[], byte[]> timed = BoundedConsumers.timed(
                new ConsumerRecords<>(java.util.Map.of(partition, List.of(untimed)), java.util.Map.of()));

        ConsumerRecord<byte[], byte[]> record = timed.iterator().next();
        assertThat(record.timestamp()).isZero();
        assertThat(record.offset()).isEqualTo(7);
        assertThat(record.key()).isEqualTo(ACCOUNT);
        assertThat(record.value()).containsExactly(1);
        assertThat(record.headers()).hasSize(1);
    }

    @Test
    void shouldKeepAReferenceToWhatIsTooLargeToHold() {
        byte[] value = new byte[17_300_000];
        value[0] = 1;
        admission.publishRaw(ACCOUNT, value, new RecordHeaders());
        admission.publishRaw(new byte[5_000_000], encoded(event("req-1")), new RecordHeaders());
        Headers headers = new RecordHeaders().add("h", new byte[1_000_000]);
        admission.publish(event("req-2"), headers);

        List<TestRecord<byte[], byte[]>> records = admission.written("usage.dead-letters");
        assertThat(records).allSatisfy(record -> assertThat(
                        record.value().length + (record.key() == null ? 0 : record.key().length))
                .isLessThan(RecordBounds.of(262_144).writtenBytesMax()));
        List<DeadLetter> letters = records.stream()
                .map(record -> admission.decode("usage.dead-letters", record.value(), DeadLetter.class))
                .toList();
        assertThat(letters)
                .extracting(DeadLetter::getReason)
                .containsOnly("TOO_LARGE")
                .hasSize(3);
        assertThat(letters.get(0).getOriginalValue()).isEqualTo(ByteBuffer.wrap(value, 0, 65_536));
        assertThat(letters.get(0).getOriginalReference().getValueBytes()).isEqualTo(17_300_000);
        assertThat(letters.get(0).getDetail()).contains("17300000 bytes");
        assertThat(letters.get(1).getOriginalReference().getKeyBytes()).isEqualTo(5_000_000);
        assertThat(letters.get(1).getOriginalValue()).isEqualTo(ByteBuffer.wrap(encoded(event("req-1"))));
        assertThat(letters.get(2).getOriginalReference().getHeadersBytes()).isEqualTo(1_000_001);
        assertThat(admission.ledger()).containsEntry("received", 3L).containsEntry("dead_lettered.TOO_LARGE", 3L);
    }

    @Test
    void shouldKeepWholeWhatADeadLetterCanHold() {
        byte[] value = new byte[RecordBounds.of(262_144).valueBytesMax()];
        admission.publishRaw(ACCOUNT, value, new RecordHeaders());

        DeadLetter letter = admission.deadLetters().get(0);
        assertThat(letter.getOriginalReference()).isNull();
        assertThat(letter.getOriginalValue()).isEqualTo(ByteBuffer.wrap(value));
    }

    @Test
    void shouldCarryTenThousandHeadersAndBrokenOnesAlong() {
        Headers headers = new RecordHeaders();
        for (int i = 0; i < 10_000; i++) {
            headers.add("h", new byte[] {(byte) i});
        }
        headers.add("usageflow-replay-of", new byte[] {(byte) 0xff, (byte) 0xfe})
                .add("usageflow-replay-of", "x".repeat(5_000).getBytes(UTF_8))
                .add("usageflow-rerouted-from", "not a number".getBytes(UTF_8))
                .add("usageflow-rerouted-from", null);

        admission.publish(event("req-1"), headers);

        TestRecord<byte[], byte[]> record = admission.deliveredRecords().get(0);
        assertThat(record.headers()).isEqualTo(headers);
        assertThat(admission
                        .decode("usage.deliverable", record.value(), DeliverableEvent.class)
                        .getReplayOf())
                .as("no dead letter has such an id")
                .isNull();
    }

    /** A record may have been accepted because it was compressed; rerouting adds a header and compresses otherwise. */
    @Test
    void shouldHoldWhatMightNotFitIntoItsTopicAgain() {
        String stranger = Events.accountOfPartition(1, 2);
        try (AdmissionDriver two =
                new AdmissionDriver(stateDir.resolve("two"), 2, "admission.event.max.bytes", "2000000")) {
            UsageEvent large = event("req-1", stranger);
            for (int i = 0; i < 100; i++) {
                large.getData().put("text-" + i, "x".repeat(8_192));
            }
            Headers headers = new RecordHeaders().add("h", new byte[190_000]);
            byte[] value = two.encode("usage.events", large);
            for (int pad = 0; RecordSize.of(ACCOUNT, value, headers) < 1_048_000; pad++) {
                large.getData().put("text-" + pad, "é".repeat(8_192));
                value = two.encode("usage.events", large);
            }

            two.publish(large, headers);
            two.publish(event("req-2", stranger));

            assertThat(two.written("usage.events")).as("only the small one").hasSize(3);
            List<DeadLetter> letters = two.deadLetters();
            assertThat(letters.get(0).getReason()).isEqualTo("TOO_LARGE");
            assertThat(letters.get(0).getDetail()).contains("usage.events", "replay");
            assertThat(letters.get(0).getOriginalValue()).isEqualTo(ByteBuffer.wrap(value));
            assertThat(two.ledger()).containsEntry("received", 2L).containsEntry("dead_lettered", 2L);
        }
    }

    @Test
    void shouldJudgeTheSizeBeforeItReroutes() {
        String stranger = Events.accountOfPartition(1, 2);
        try (AdmissionDriver two = new AdmissionDriver(stateDir.resolve("two"), 2)) {
            UsageEvent large = event("req-1", stranger);
            for (int i = 0; i < 40; i++) {
                large.getData().put("text-" + i, "x".repeat(8_192));
            }

            two.publish(large);

            assertThat(two.written("usage.events")).isEmpty();
            assertThat(two.deadLetters()).extracting(DeadLetter::getReason).containsExactly("TOO_LARGE");
        }
    }

    @Test
    void shouldRefuseCustomerLinksThatCannotBeOnesAndGoOn() {
        byte[] link = admission.encodedLink("acct_1", "cust-9");
        byte[] account = ACCOUNT;
        linkRaw(null, link);
        linkRaw(new byte[] {(byte) 0xff}, link);
        linkRaw(new byte[] {(byte) 0xff}, null);
        linkRaw(new byte[17_300_000], null);
        linkRaw(account, new byte[17_300_000]);
        linkRaw(account, new byte[] {0, (byte) 0xff});
        linkRaw(account, new byte[0]);
        linkRaw(account, admission.encodedLink("acct_2", "cust-9"));
        Headers large = new RecordHeaders().add("h", new byte[17_300_000]);
        admission.pipe("usage.customer-links", account, link, large, Events.NOON.toEpochMilli());

        admission.publish(event("req-1"));

        assertThat(admission.delivered())
                .extracting(each -> each.getCustomer().getValue())
                .as("the link before stays")
                .containsExactly("cust-1");
        assertThat(refused()).isEqualTo(9);
    }

    @Test
    void shouldRefuseVendorLinksThatCannotBeOnesAndGoOn() {
        vendorRaw(null, new byte[] {1});
        vendorRaw(new byte[2_000], new byte[] {1});
        vendorRaw(new byte[] {(byte) 0xff}, new byte[] {1});
        vendorRaw("openai".getBytes(UTF_8), new byte[17_300_000]);
        admission.publish(event("req-1"));
        vendorRaw("openai".getBytes(UTF_8), new byte[] {0, 1});
        admission.publish(event("req-2"));
        admission.linkVendor("openai", new VendorLink("other", AdmissionDriver.reference("v"), Events.NOON));
        admission.publish(event("req-3"));
        admission.linkVendor("openai", "vendor-1");
        admission.publish(event("req-4"));

        assertThat(admission.delivered())
                .extracting(each -> each.getVendors().get("openai").getValue())
                .containsExactly("openai", "openai", "openai", "vendor-1");
        assertThat(refused()).isEqualTo(5);
    }

    /** A link with a key of megabytes is compacted like any other, and would come again at every start. */
    @Test
    void shouldKeepLittleOfAVendorLinkThatIsTooLarge() {
        vendorRaw("openai".getBytes(UTF_8), new byte[17_300_000]);
        vendorRaw(new byte[17_300_000], new byte[1]);

        var store = admission.<org.apache.kafka.common.utils.Bytes, byte[]>store(AdmissionTopology.VENDOR_LINKS);
        long bytes = 0;
        try (var all = store.all()) {
            while (all.hasNext()) {
                var entry = all.next();
                bytes += entry.key.get().length + entry.value.length;
            }
        }
        assertThat(bytes).isLessThan(1_000);
    }

    @Test
    void shouldNotLetParkedEventsAgeByAClockThatJumpsAhead() {
        admission.publish(event("req-1", "acct_9"));
        admission.pass(Duration.ofDays(1));

        admission.jumpAhead(Duration.ofDays(100));
        admission.pass(Duration.ofMinutes(1));
        UsageEvent later = event("req-2", "acct_9");
        admission.pipe(
                "usage.events",
                "acct_9".getBytes(UTF_8),
                encoded(later),
                new RecordHeaders(),
                Events.NOON.plus(Duration.ofDays(1)).toEpochMilli());
        admission.pass(Duration.ofMinutes(1));
        assertThat(admission.deadLetters())
                .as("a day has passed, not a hundred")
                .isEmpty();

        admission.pass(Duration.ofDays(6).plusMinutes(1));
        assertThat(admission.deadLetters())
                .as("the limit of seven days")
                .extracting(DeadLetter::getEventId)
                .containsExactly("req-1");
        admission.pass(Duration.ofDays(1));
        assertThat(admission.deadLetters()).extracting(DeadLetter::getEventId).containsExactly("req-2");
    }

    @Test
    void shouldNotLetParkedEventsAgeByABrokerWhoseClockJumpsAhead() {
        admission.publish(event("req-1", "acct_9"));
        admission.pass(Duration.ofDays(6));

        admission.pipe(
                "usage.events",
                "acct_1".getBytes(UTF_8),
                encoded(event("req-2", "acct_1")),
                new RecordHeaders(),
                admission.now().plus(Duration.ofDays(2)).toEpochMilli());
        admission.pass(AdmissionProcessor.UPKEEP_EVERY.multipliedBy(2));

        assertThat(admission.deadLetters())
                .as("six days have passed, not eight")
                .extracting(DeadLetter::getEventId)
                .doesNotContain("req-1");
    }

    @Test
    void shouldLetParkedEventsAgeByWhatBrokersStampWhereElapsedTimeIsNotCounted() {
        // As after the machine slept: its clock is right, and its stopwatch stood still.
        admission.publish(event("req-1", "acct_9"));
        admission.jumpAhead(Duration.ofDays(8));
        UsageEvent later = event("req-2", "acct_1");
        later.setOccurredAt(admission.now());

        admission.publish(later);
        admission.pass(AdmissionProcessor.UPKEEP_EVERY.multipliedBy(2));

        assertThat(admission.deadLetters()).extracting(DeadLetter::getReason).containsExactly("UNMAPPED_CUSTOMER");
    }

    @Test
    void shouldCountRecordsAsLargeAsABrokerMayCountThem() {
        Random random = new Random(3);
        for (int i = 0; i < 50; i++) {
            byte[] value = new byte[random.nextInt(5_000)];
            byte[] key = random.nextBoolean() ? null : new byte[random.nextInt(300)];
            Headers headers = new RecordHeaders();
            for (int h = random.nextInt(5); h > 0; h--) {
                headers.add(
                        "é".repeat(random.nextInt(20)), random.nextBoolean() ? null : new byte[random.nextInt(400)]);
            }
            int kafka = org.apache.kafka.common.record.internal.AbstractRecords.estimateSizeInBytesUpperBound(
                    (byte) 2,
                    org.apache.kafka.common.record.internal.CompressionType.LZ4,
                    key,
                    value,
                    headers.toArray());
            assertThat(RecordSize.of(key, value, headers)).isGreaterThanOrEqualTo(kafka);
        }
    }

    private double refused() {
        return admission
                .meters
                .counter("usageflow.admission.links", "outcome", "refused")
                .count();
    }

    private byte[] encoded(UsageEvent event) {
        return admission.encode("usage.events", event);
    }

    private void pipe(String topic, byte[] value, long time) {
        admission.pipe(topic, ACCOUNT, value, new RecordHeaders(), time);
    }

    private void linkRaw(byte[] key, byte[] value) {
        admission.pipe("usage.customer-links", key, value, new RecordHeaders(), Events.NOON.toEpochMilli());
    }

    private void vendorRaw(byte[] key, byte[] value) {
        admission.pipe("usage.vendor-links", key, value, new RecordHeaders(), Events.NOON.toEpochMilli());
    }

    private static ConsumerRecord<Object, Object> record(long time) {
        return new ConsumerRecord<>(
                "usage.customer-links",
                0,
                0,
                time,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                null,
                new RecordHeaders(),
                java.util.Optional.empty());
    }
}
