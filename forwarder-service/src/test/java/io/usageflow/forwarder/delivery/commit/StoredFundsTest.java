package io.usageflow.forwarder.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.delivery.Fixtures;
import io.usageflow.forwarder.delivery.health.DestinationHealth;
import io.usageflow.forwarder.delivery.health.FailureBudgets;
import io.usageflow.forwarder.delivery.health.FailureBudgets.FailureStatus;
import io.usageflow.forwarder.delivery.intake.FailureBudgetLoader;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.schema.CustomerDeliveryState;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** How long a customer has lacked funds, from one owner of a partition to the next. */
class StoredFundsTest {
    private static final Topics TOPICS = Topics.withDefaultPrefix();
    private static final TopicPartition DELIVERABLE = new TopicPartition(TOPICS.deliverable(), 0);
    private static final TopicPartition STATES = new TopicPartition(TOPICS.deliveryState(), 0);
    private static final Customer POOR = new Customer(true, "poor");
    private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final OutcomeRecords records =
            new OutcomeRecords(TOPICS, Fixtures.SERDE, new ResponseExcerpt(List::of), RecordBounds.of(262_144));
    private final List<ProducerRecord<byte[], byte[]>> written = new ArrayList<>();

    private static FailureBudgets budgets() {
        var settings = DeliverySettings.from(new AbstractConfig(Settings.definition(), Map.of(), false));
        return new DestinationHealth(settings, new Random(1)).customers();
    }

    private static FailureStatus refuse(FailureBudgets budgets, long nanos) {
        return budgets.noFunds(POOR, List.of(DELIVERABLE), "HTTP 402", nanos, nanos);
    }

    private void write(FailureBudgets budgets, long nanos) {
        budgets.takeChanges(nanos).forEach(change -> written.addAll(records.customerStates(change, NOON)));
    }

    /** A later owner, that begins ten minutes after the last record. */
    private FailureBudgets next() {
        var consumer = new MockConsumer<byte[], byte[]>("earliest");
        consumer.updateBeginningOffsets(Map.of(STATES, 0L));
        consumer.updateEndOffsets(Map.of(STATES, (long) written.size()));
        FailureBudgets budgets = budgets();
        Clock later = Clock.fixed(NOON.plus(Duration.ofMinutes(10)), ZoneOffset.UTC);
        try (var loader = new FailureBudgetLoader(
                consumer,
                TOPICS.deliveryState(),
                AvroSerdes.ownValueDeserializer(Fixtures.SERDE, CustomerDeliveryState.class),
                budgets,
                new DeliveryClock(later, () -> 0))) {
            loader.assigned(List.of(DELIVERABLE));
            consumer.schedulePollTask(() -> {
                for (int offset = 0; offset < written.size(); offset++) {
                    ProducerRecord<byte[], byte[]> record = written.get(offset);
                    consumer.addRecord(new ConsumerRecord<>(
                            record.topic(),
                            0,
                            offset,
                            NOON.toEpochMilli(),
                            TimestampType.LOG_APPEND_TIME,
                            0,
                            0,
                            record.key(),
                            record.value(),
                            new RecordHeaders(),
                            Optional.empty()));
                }
            });
            for (int turn = 0; turn < 3; turn++) {
                loader.read();
            }
            assertThat(loader.unread()).isEmpty();
        }
        return budgets;
    }

    @Test
    void shouldGoOnWithTheTimeOfAnEarlierOwner() {
        FailureBudgets first = budgets();
        refuse(first, 0);
        refuse(first, 60 * MINUTE);
        write(first, 60 * MINUTE);

        FailureBudgets next = next();

        assertThat(next.lacksFunds(POOR)).isTrue();
        assertThat(refuse(next, 0).failingFor()).isEqualTo(Duration.ofMinutes(70));
        assertThat(next.failed(POOR, List.of(DELIVERABLE), "HTTP 503", true, MINUTE)
                        .failingFor())
                .as("it is no failure")
                .isZero();
    }

    @Test
    void shouldNotBeSeenByEarlierVersions() {
        FailureBudgets first = budgets();
        refuse(first, 0);
        refuse(first, 60 * MINUTE);
        write(first, 60 * MINUTE);

        assertThat(written)
                .filteredOn(record -> record.value() != null)
                .extracting(record -> new String(record.key(), java.nio.charset.StandardCharsets.UTF_8))
                .as("they read keys that begin with external: or id:")
                .containsExactly("unfunded:external:poor");
    }

    @Test
    void shouldForgetItWhenTheCustomerHasFunds() {
        FailureBudgets first = budgets();
        refuse(first, 0);
        refuse(first, 60 * MINUTE);
        write(first, 60 * MINUTE);
        first.succeeded(POOR);
        write(first, 61 * MINUTE);

        assertThat(next().lacksFunds(POOR)).isFalse();
    }
}
