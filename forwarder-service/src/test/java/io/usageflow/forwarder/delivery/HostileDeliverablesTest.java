package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords;
import io.usageflow.forwarder.delivery.intake.DeliverableReader;
import io.usageflow.forwarder.delivery.intake.DeliverableReader.LostSchemaWait;
import io.usageflow.forwarder.delivery.partition.SettledRecord;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import io.usageflow.forwarder.kafka.RecordCutter;
import io.usageflow.forwarder.testing.HostileRecords;
import io.usageflow.forwarder.testing.HostileRecords.Hostile;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;

/**
 * Whatever is in {@code usage.deliverable} becomes an event with the record's JSON, or with JSON of its own, or a dead
 * letter that its topic takes.
 */
class HostileDeliverablesTest {
    private static final int RECORDS = 1_500 * Integer.getInteger("usageflow.fault.rounds", 2);
    private static final RecordBounds BOUNDS = RecordBounds.of(262_144);
    private static final TopicPartition PARTITION = new TopicPartition("usage.deliverable", 0);

    private final RecordCutter cutter = new RecordCutter(new RecordBounds(BOUNDS.writtenBytesMax()));
    private final OutcomeRecords records =
            new OutcomeRecords(Topics.withDefaultPrefix(), Fixtures.SERDE, new ResponseExcerpt(List::of), BOUNDS);
    private final DeliverableReader reader = new DeliverableReader(Fixtures.SERDE);
    private final Deserializer<DeliverableEvent> deliverables =
            AvroSerdes.ownValueDeserializer(Fixtures.SERDE, DeliverableEvent.class);
    private final ObjectMapper json = new ObjectMapper();
    private Instant now = Instant.EPOCH;

    @Test
    void shouldMakeAnEventOrADeadLetterOfEachRecord() throws Exception {
        long seed = Long.getLong("usageflow.hostile.seed", new Random().nextLong());
        System.out.println("hostile records: -Dusageflow.hostile.seed=" + seed);
        List<byte[]> valid = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String id = "6e0b9c0e-6f0e-4d3a-9a54-0c8d5a3b1c1" + i;
            valid.add(Fixtures.record(PARTITION, i, "acct_" + i, id, i % 2 == 0).value());
        }
        HostileRecords hostile = new HostileRecords(seed, valid, List.of("acct_1"));
        int ready = 0;
        int broken = 0;
        for (int i = 0; i < RECORDS; i++) {
            ConsumerRecord<byte[], byte[]> record = asRead(hostile.next(), i);
            DeliverableReader.ReadResult read = read(record);
            byte[] sent = read.match(PendingEvent::json, letter -> null);
            if (sent != null) {
                ByteBuffer written =
                        deliverables.deserialize(record.topic(), record.value()).getJson();
                if (written == null) {
                    json.readTree(sent);
                } else {
                    assertThat(ByteBuffer.wrap(sent)).isEqualTo(written);
                }
                ready++;
            } else {
                SettledRecord settled = read.match(event -> null, letter -> records.undeliverable(letter.draft()));
                assertThat(settled.value().length + (settled.key() == null ? 0 : settled.key().length))
                        .isLessThan(BOUNDS.writtenBytesMax());
                assertThat(AvroSerdes.valueDeserializer(Fixtures.SERDE, DeadLetter.class)
                                .deserialize("usage.dead-letters", settled.value())
                                .getReason())
                        .isEqualTo("UNDELIVERABLE");
                broken++;
            }
        }
        assertThat(ready + broken).isEqualTo(RECORDS);
        assertThat(ready).isPositive();
    }

    /** Where the event inside names a lost schema its partition waits for an hour, trying again all the time. */
    private DeliverableReader.ReadResult read(ConsumerRecord<byte[], byte[]> record) {
        for (Instant until = now.plus(LostSchemaWait.MAX); !now.isAfter(until); now = now.plusSeconds(600)) {
            try {
                return reader.read(record, Fixtures.partition(0), now);
            } catch (SchemaLostException waits) {
                assertThat(waits).hasMessageContaining("schema");
            }
        }
        return reader.read(record, Fixtures.partition(0), now);
    }

    /** As delivery's consumer hands it over. */
    private ConsumerRecord<byte[], byte[]> asRead(Hostile hostile, long offset) {
        byte[] key = cutter.keys().deserialize(PARTITION.topic(), hostile.headers(), buffer(hostile.key()));
        byte[] value = cutter.values().deserialize(PARTITION.topic(), hostile.headers(), buffer(hostile.value()));
        return new ConsumerRecord<>(
                PARTITION.topic(),
                PARTITION.partition(),
                offset,
                hostile.timestamp(),
                TimestampType.CREATE_TIME,
                0,
                0,
                key,
                value,
                hostile.headers(),
                Optional.empty());
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }
}
