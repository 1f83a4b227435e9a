package io.usageflow.forwarder.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.delivery.intake.DeliverableReader;
import io.usageflow.forwarder.delivery.intake.DeliverableReader.LostSchemaWait;
import io.usageflow.forwarder.delivery.intake.DeliverableReader.Ready;
import io.usageflow.forwarder.delivery.intake.DeliverableReader.Unreadable;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.serde.AvroSerdes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Admitted events whose schemas the registry has lost are delivered, or wait before they become dead letters. */
class LostRegistryTest {
    private static final Instant NOW = Instant.EPOCH;

    private final String before = UUID.randomUUID().toString();
    private final String after = UUID.randomUUID().toString();
    private final Deliverable admitted = Deliverable.event("acct_1", 1);
    private final DeliverableReader reader = new DeliverableReader(serde(after));

    @AfterEach
    void forgetScopes() {
        InMemorySchemaRegistry.dropScope(before);
        InMemorySchemaRegistry.dropScope(after);
    }

    @Test
    void shouldSendTheSameBytesAsBeforeTheRegistryWasLost() {
        ConsumerRecord<byte[], byte[]> record = record(event());
        var then = new DeliverableReader(serde(before));

        assertThat(json(reader, record)).isEqualTo(json(then, record));

        // The ids come back, for other schemas.
        for (int id = 1; id <= 3; id++) {
            InMemorySchemaRegistry.ofScope(after)
                    .register("links-" + id, AvroSerdes.asRegistered(VendorLink.getClassSchema()));
        }
        var restarted = new DeliverableReader(serde(after));
        assertThat(json(restarted, record)).isEqualTo(json(then, record));
    }

    @Test
    void shouldWaitAnHourWhereNoSchemaProvesItself() {
        byte[] event = event();
        // The event's schema was a team's own: the last field is cut off.
        byte[] teams = Arrays.copyOf(event, event.length - 1);
        Instant later = NOW.plus(LostSchemaWait.MAX);
        for (Instant now : List.of(NOW, NOW.plusSeconds(1), later)) {
            assertThatThrownBy(() -> reader.read(record(teams), partition(), now))
                    .isInstanceOf(SchemaLostException.class);
        }

        // The whole backlog of a lost schema shares one wait.
        for (int i = 0; i < 3; i++) {
            assertThat(reader.read(record(teams), partition(), later.plusSeconds(1)))
                    .isInstanceOf(Unreadable.class);
        }
    }

    @Test
    void shouldWaitAgainWhereASchemaIsLostAnotherTime() {
        var wait = new LostSchemaWait();
        var partition = partition().partition();
        Instant nextDay = NOW.plus(Duration.ofDays(1));

        assertThat(wait.isOver(partition, NOW)).isFalse();
        assertThat(wait.isOver(partition, nextDay)).isFalse();
        assertThat(wait.isOver(partition, nextDay.plus(LostSchemaWait.MAX))).isFalse();
        assertThat(wait.isOver(partition, nextDay.plus(LostSchemaWait.MAX).plusSeconds(1)))
                .isTrue();
    }

    @Test
    void shouldNotWaitForTheSchemaOfARecordThatAdmissionDidNotWrite() {
        ConsumerRecord<byte[], byte[]> ours = record(event());
        byte[] forged = Arrays.copyOf(ours.value(), ours.value().length - 2);
        ByteBuffer.wrap(forged).putInt(1, 4_711);
        var at = new ConsumerRecord<>("usage.deliverable", 0, 0L, ours.key(), forged);

        assertThat(reader.read(at, partition(), NOW)).isInstanceOf(Unreadable.class);
    }

    @Test
    void shouldStillNotStopForRubbish() {
        byte[] rubbish = "no record".getBytes(UTF_8);
        var at = new ConsumerRecord<>("usage.deliverable", 0, 0L, "acct_1".getBytes(UTF_8), rubbish);

        assertThat(reader.read(at, partition(), NOW)).isInstanceOf(Unreadable.class);
    }

    private byte[] event() {
        return AvroSerdes.valueSerializer(serde(before)).serialize("usage.events", admitted.event());
    }

    private static byte[] json(DeliverableReader reader, ConsumerRecord<byte[], byte[]> record) {
        return ((Ready) reader.read(record, partition(), NOW)).event().json();
    }

    private ConsumerRecord<byte[], byte[]> record(byte[] event) {
        var reference = new CredytReference(ReferenceKind.EXTERNAL_ID, "acct_1", null);
        DeliverableEvent deliverable = DeliverableEvent.newBuilder()
                .setEventId(admitted.event().getId())
                .setAccountId(admitted.account())
                .setCredytEventId(admitted.credytId())
                .setCustomer(reference)
                .setVendors(Map.of(admitted.vendor(), reference))
                .setSource(new SourceCoordinates("usage.events", 0, 7L, NOW, null))
                .setAdmittedAt(NOW)
                .setEvent(ByteBuffer.wrap(event))
                .build();
        byte[] value = AvroSerdes.valueSerializer(serde(before)).serialize("usage.deliverable", deliverable);
        return new ConsumerRecord<>("usage.deliverable", 0, 0L, "acct_1".getBytes(UTF_8), value);
    }

    private static AssignedPartition partition() {
        return Fixtures.partition(0);
    }

    private static Map<String, String> serde(String scope) {
        return Map.of("schema.registry.url", "mock://" + scope);
    }
}
