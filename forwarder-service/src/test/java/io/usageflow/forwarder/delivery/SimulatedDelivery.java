package io.usageflow.forwarder.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords;
import io.usageflow.forwarder.delivery.health.DeliveryMeters;
import io.usageflow.forwarder.delivery.health.DestinationHealth;
import io.usageflow.forwarder.delivery.health.FundsHolds;
import io.usageflow.forwarder.delivery.outcome.DeadLetterPolicy;
import io.usageflow.forwarder.delivery.outcome.OutcomeHandler;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.forwarder.delivery.queue.CustomerQueues;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import io.usageflow.schema.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.record.TimestampType;

/**
 * All of delivery between the record that was read and the outcome that is to be written, on a clock of its own, against
 * a Credyt that is a function: hours of trouble take milliseconds. Each event is in an assignment of its own, so that its
 * outcome is seen whatever becomes of the others.
 */
final class SimulatedDelivery {
    static final Answer ACCEPTED = new Answer.Response(202, Map.of(), "", false);

    private static final Topics TOPICS = Topics.withDefaultPrefix();
    private static final Duration TURN = Duration.ofMillis(10);

    final DestinationHealth destination;
    final CustomerQueues queues;
    /** The ids of each request, in order. */
    final List<List<String>> requests = new ArrayList<>();

    final DeadLetterPolicy deadLetterPolicy;
    final FundsHolds funds;
    final MeterRegistry registry;
    /** The partition of {@link #arriveTogether}. */
    final AssignedPartition together = Fixtures.partition(1);

    private final DeliveryMeters meters;
    private final Dispatcher dispatcher;
    private final Function<List<String>, Answer> credyt;
    private final Function<String, Answer> lookups;
    private final Map<String, AssignedPartition> arrived = new LinkedHashMap<>();
    private final DeliveryClock clock;
    private Duration wallAhead = Duration.ZERO;
    private Duration brokerAhead = Duration.ZERO;
    private long nanos = 1;
    private long togetherOffset;

    /** With a Credyt whose answers are never unclear. */
    SimulatedDelivery(Map<String, String> overrides, Function<List<String>, Answer> credyt) {
        this(overrides, credyt, id -> {
            throw new IllegalStateException("no answer of this simulation is unclear: " + id);
        });
    }

    /**
     * @param credyt answers the ids of a request
     * @param lookups answers the lookup of an id
     */
    SimulatedDelivery(
            Map<String, String> overrides, Function<List<String>, Answer> credyt, Function<String, Answer> lookups) {
        this(overrides, credyt, lookups, new SimpleMeterRegistry());
    }

    /** @param registry gets delivery's meters */
    SimulatedDelivery(
            Map<String, String> overrides,
            Function<List<String>, Answer> credyt,
            Function<String, Answer> lookups,
            MeterRegistry registry) {
        this.credyt = credyt;
        this.lookups = lookups;
        this.registry = registry;
        this.meters = new DeliveryMeters(registry);
        var settings = DeliverySettings.from(new AbstractConfig(Settings.definition(), overrides, false));
        Instant start = Instant.parse("2026-11-29T00:00:00Z");
        Clock wall = new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return start.plusNanos(nanos).plus(wallAhead);
            }
        };
        clock = DeliveryClock.steady(wall, () -> nanos);
        destination = new DestinationHealth(settings, new Random(1));
        queues = new CustomerQueues(settings.batching());
        var records =
                new OutcomeRecords(TOPICS, Fixtures.SERDE, new ResponseExcerpt(List::of), RecordBounds.of(262_144));
        deadLetterPolicy = new DeadLetterPolicy(records, meters, queues, destination, settings.stepAside(), clock);
        funds = new FundsHolds(destination, queues, clock);
        dispatcher = new Dispatcher(
                sink(),
                queues,
                destination,
                new OutcomeHandler(records, deadLetterPolicy, destination, queues, meters, clock),
                clock,
                () -> {});
    }

    private EventSink sink() {
        return new EventSink() {
            @Override
            public CompletionStage<Answer> deliver(Request request) {
                List<String> asked = request.events().stream()
                        .map(json -> new String(json, StandardCharsets.UTF_8))
                        .toList();
                requests.add(asked);
                return CompletableFuture.completedFuture(credyt.apply(asked));
            }

            @Override
            public CompletionStage<Answer> find(Customer customer, String credytId) {
                return CompletableFuture.completedFuture(lookups.apply(credytId));
            }

            @Override
            public Duration answersWithin() {
                return Duration.ofSeconds(1);
            }

            @Override
            public void close() {}
        };
    }

    SimulatedDelivery arrive(String customer, String id) {
        return arrive(Optional.empty(), customer, id, Instant.EPOCH);
    }

    /** The event was published just now. */
    SimulatedDelivery arriveFresh(String customer, String id) {
        return arrive(Optional.empty(), customer, id, clock.now());
    }

    /** Of a customer in a connected account. */
    SimulatedDelivery arrive(String credytAccount, String customer, String id) {
        return arrive(Optional.of(credytAccount), customer, id, Instant.EPOCH);
    }

    private SimulatedDelivery arrive(Optional<String> credytAccount, String customer, String id, Instant published) {
        AssignedPartition partition = Fixtures.partition(0);
        PendingEvent event = Fixtures.event(
                partition,
                stamped(Fixtures.record(
                        partition.partition(), 0, new Customer(true, customer, credytAccount), id, true)),
                id.getBytes(StandardCharsets.UTF_8),
                published);
        arrived.put(id, partition);
        partition.received(0, event.bytes());
        dispatcher.add(event);
        return this;
    }

    /** In one partition with the others, where an event waits for those before it. */
    SimulatedDelivery arriveTogether(String customer, String id) {
        long offset = togetherOffset++;
        PendingEvent event = Fixtures.event(
                together,
                Fixtures.record(together.partition(), offset, customer, id),
                id.getBytes(StandardCharsets.UTF_8));
        together.received(offset, event.bytes());
        dispatcher.add(event);
        return this;
    }

    SimulatedDelivery run(Duration time) {
        long until = nanos + time.toNanos();
        while (nanos - until < 0) {
            funds.update();
            dispatcher.send();
            boolean answered = dispatcher.hasAnswers();
            dispatcher.handleAnswers();
            long turn = nanos + TURN.toNanos();
            nanos = answered
                    ? turn
                    : Math.max(turn, Math.min(until, dispatcher.nextDueNanos().orElse(until)));
        }
        return this;
    }

    /** Sets the machine's clock, which was right before. */
    void setWallClock(Duration ahead) {
        wallAhead = ahead;
    }

    /** Sets the clock with which the broker stamps what arrives from now on. */
    void setBrokerClock(Duration ahead) {
        brokerAhead = ahead;
    }

    /** As the broker stamps it. */
    private ConsumerRecord<byte[], byte[]> stamped(ConsumerRecord<byte[], byte[]> record) {
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                record.offset(),
                clock.now().plus(brokerAhead).toEpochMilli(),
                TimestampType.LOG_APPEND_TIME,
                record.key().length,
                record.value().length,
                record.key(),
                record.value(),
                record.headers(),
                Optional.empty());
    }

    /** What became of each event so far. */
    Map<String, Optional<DeadLetterReason>> outcomes() {
        Map<String, Optional<DeadLetterReason>> outcomes = new LinkedHashMap<>();
        arrived.forEach((id, partition) -> partition.ledger().committable(1).outcomes().stream()
                .findFirst()
                .ifPresent(settled -> outcomes.put(
                        id,
                        settled.result()
                                .match(known -> Optional.<DeadLetterReason>empty(), reason -> Optional.of(reason)))));
        return outcomes;
    }

    List<String> delivered() {
        return outcomes().entrySet().stream()
                .filter(outcome -> outcome.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    List<String> dead(DeadLetterReason reason) {
        return outcomes().entrySet().stream()
                .filter(outcome -> outcome.getValue().equals(Optional.of(reason)))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Without an outcome. */
    List<String> waiting() {
        Map<String, Optional<DeadLetterReason>> settled = outcomes();
        return arrived.keySet().stream().filter(id -> !settled.containsKey(id)).toList();
    }
}
