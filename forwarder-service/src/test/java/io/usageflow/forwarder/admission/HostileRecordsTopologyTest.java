package io.usageflow.forwarder.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.check.RecordSize;
import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.testing.HostileRecords;
import io.usageflow.forwarder.testing.HostileRecords.Hostile;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand hostile records of all kinds in all topics that admission reads, between good events: the good ones are
 * delivered, each other one is seen somewhere, the books balance, and nothing stops.
 */
class HostileRecordsTopologyTest {
    private static final int RECORDS = 3_000 * Integer.getInteger("usageflow.fault.rounds", 2);
    private static final int WRITTEN_BYTES_MAX = RecordBounds.of(262_144).writtenBytesMax();
    private static final List<String> TOPICS =
            List.of("usage.events", "usage.replays", "usage.customer-links", "usage.vendor-links");

    @TempDir
    Path stateDir;

    private final Map<String, Integer> piped = new HashMap<>();
    private final List<String> good = new ArrayList<>();
    private final List<String> delivered = new ArrayList<>();
    private final Set<String> letters = new HashSet<>();
    private int deliverables;

    @Test
    @Timeout(240)
    void shouldDeliverTheGoodAndAccountForAllOthers() {
        long seed = Long.getLong("usageflow.hostile.seed", new Random().nextLong());
        System.out.println("hostile records: -Dusageflow.hostile.seed=" + seed);
        try (AdmissionDriver admission = new AdmissionDriver(stateDir, "admission.vendors.unlinked", "passthrough")) {
            admission.linkCustomer("good", "cust-good");
            count("usage.customer-links");
            Random random = new Random(seed);
            Map<String, HostileRecords> hostile = hostile(admission, seed);
            for (int i = 0; i < RECORDS; i++) {
                String topic = TOPICS.get(Math.max(0, random.nextInt(8) - 4));
                Hostile record = hostile.get(topic).next();
                // Streams refuses a negative time in a global store; there the consumer mends it (BoundedConsumers).
                long time = topic.equals("usage.vendor-links") ? Math.max(0, record.timestamp()) : record.timestamp();
                admission.pipe(topic, record.key(), record.value(), record.headers(), time);
                count(topic);
                if (i % 20 == 0) {
                    publishGood(admission, "good-" + i);
                }
                if (i % 500 == 0) {
                    takeWhatWasWritten(admission);
                }
            }
            // What waits may have got a link by then.
            admission.pass(Duration.ofSeconds(10));
            takeWhatWasWritten(admission);

            assertThat(delivered).as("the good ones, in their order").isEqualTo(good);
            Map<String, Long> ledger = admission.ledger();
            assertThat(ledger.get("received")).isEqualTo((long) piped.get("usage.events") + piped.get("usage.replays"));
            assertThat(ledger.getOrDefault("rerouted", 0L))
                    .as("there is one partition")
                    .isZero();
            assertThat(ledger.get("admitted")).isEqualTo((long) deliverables);
            assertThat(ledger.get("dead_lettered")).isEqualTo((long) letters.size());
            assertThat(links(admission)).isGreaterThanOrEqualTo(piped.get("usage.customer-links"));
        }
    }

    private void publishGood(AdmissionDriver admission, String id) {
        UsageEvent event = Events.event(id, "good");
        admission.publish(event);
        count("usage.events");
        good.add(id);
    }

    private void count(String topic) {
        piped.merge(topic, 1, Integer::sum);
    }

    private void takeWhatWasWritten(AdmissionDriver admission) {
        for (TestRecord<byte[], byte[]> record : admission.written("usage.deliverable")) {
            assertThat(RecordSize.of(record.key(), record.value(), record.headers()))
                    .isLessThan(WRITTEN_BYTES_MAX);
            DeliverableEvent event = admission.decode("usage.deliverable", record.value(), DeliverableEvent.class);
            deliverables++;
            if (event.getEventId().startsWith("good-")) {
                delivered.add(event.getEventId());
            }
        }
        for (TestRecord<byte[], byte[]> record : admission.written("usage.dead-letters")) {
            assertThat(RecordSize.of(record.key(), record.value(), record.headers()))
                    .isLessThan(WRITTEN_BYTES_MAX);
            DeadLetter letter = admission.decode("usage.dead-letters", record.value(), DeadLetter.class);
            assertThat(letters.add(letter.getId())).as("once").isTrue();
        }
    }

    private static double links(AdmissionDriver admission) {
        return List.of("linked", "unlinked", "rerouted", "refused").stream()
                .mapToDouble(outcome -> admission
                        .meters
                        .counter("usageflow.admission.links", "outcome", outcome)
                        .count())
                .sum();
    }

    private static Map<String, HostileRecords> hostile(AdmissionDriver admission, long seed) {
        List<String> names = List.of("acct_1", "acct_2", "good", "openai");
        List<byte[]> events = new ArrayList<>(List.of(
                admission.encode("usage.events", Events.event("req-1")),
                admission.encode("usage.events", Events.eventCosting("req-2", "openai", "anthropic")),
                deep(admission)));
        UsageEvent odd = Events.event("\u202e\u0000", "acct_1 ");
        odd.setCosts(new ArrayList<>(List.of(Events.cost("", "-1"))));
        events.add(admission.encode("usage.events", odd));
        List<byte[]> customers = List.of(
                admission.encodedLink("acct_1", "cust-1"), admission.encodedLink("acct_3", ""), deep(admission));
        List<byte[]> vendors = List.of(
                admission.encode(
                        "usage.vendor-links",
                        new io.usageflow.schema.VendorLink(
                                "openai", AdmissionDriver.reference("vendor-1"), Events.NOON)),
                deep(admission));
        List<String> strangers = List.of("acct_1", "acct_2", "\u0000", "acct_1 ");
        return Map.of(
                "usage.events",
                new HostileRecords(seed + 1, events, names),
                "usage.replays",
                new HostileRecords(seed + 2, events, names),
                "usage.customer-links",
                new HostileRecords(seed + 3, customers, strangers),
                // Not those that the good events cost: a link whose schema is unknown holds them
                // (LostLinkSchemasTopologyTest).
                "usage.vendor-links",
                new HostileRecords(seed + 4, vendors, List.of("acct_1", "acct_2", "good", "anthropic")));
    }

    /** A value of a schema that contains itself, nested 20,000 deep. */
    private static byte[] deep(AdmissionDriver admission) {
        int id = admission.register(new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"r\",\"type\":[\"null\",\"R\"]}]}"));
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.writeBytes(ByteBuffer.allocate(5).putInt(1, id).array());
        byte[] levels = new byte[20_000];
        java.util.Arrays.fill(levels, (byte) 2);
        value.writeBytes(levels);
        value.write(0);
        return value.toByteArray();
    }
}
