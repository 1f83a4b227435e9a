package io.usageflow.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.cli.demo.Script.Step;
import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.testkit.RecordingUsagePublisher;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Does what the script says: through the producer library where a service would, past it where a foreign or careless
 * producer would. Counts what Kafka acknowledged and remembers the first thing that went wrong.
 */
final class DemoPublisher implements AutoCloseable {
    private static final Duration FLUSH_BOUND = Duration.ofMinutes(2);

    private final Topics topics;
    private final int partitions;
    private final UsagePublisher publisher;
    private final KafkaProducer<byte[], byte[]> foreign;
    private final Serializer<io.usageflow.schema.UsageEvent> serializer;
    /** What an event is on the wire, for those who do not publish it through the library. */
    private final RecordingUsagePublisher wireForms = new RecordingUsagePublisher();

    private final AtomicLong acknowledged = new AtomicLong();
    private volatile @Nullable Throwable failure;

    DemoPublisher(Topics topics, int partitions, String bootstrapServers, Map<String, String> registry) {
        this.topics = topics;
        this.partitions = partitions;
        Map<String, Object> settings = new java.util.HashMap<>(registry);
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("topics.prefix", topics.prefix());
        settings.put("service.name", "usageflow-demo");
        // A run is a batch job: it would rather wait for room than be told that there is none.
        settings.put("publish.max.block.ms", FLUSH_BOUND.toMillis());
        publisher = UsagePublisher.create(settings);
        foreign = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers, ProducerConfig.ACKS_CONFIG, "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        serializer = AvroSerdes.valueSerializer(registry);
    }

    /** Links that stand before the first event. */
    void link(List<DemoAccount> accounts) {
        accounts.stream()
                .filter(account -> account.introduction() == DemoAccount.Introduction.LINKED_BEFORE)
                .forEach(this::link);
        flush();
    }

    /** Takes every step in order and returns when Kafka has acknowledged every record. */
    void publish(List<Script.TimedStep> steps, OptionalDouble speed) {
        Instant traceBegin = steps.isEmpty() ? Instant.EPOCH : steps.get(0).at();
        long begin = System.nanoTime();
        for (Script.TimedStep step : steps) {
            if (speed.isPresent()) {
                long due = (long) (Duration.between(traceBegin, step.at()).toNanos() / speed.getAsDouble());
                awaitNanos(begin + due);
            }
            take(step.step());
        }
        flush();
    }

    long acknowledged() {
        return acknowledged.get();
    }

    /** What went wrong first, if anything did. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    private void take(Step step) {
        if (step instanceof Step.Publish publish) {
            var unused = publisher.publish(publish.event()).whenComplete((receipt, error) -> settled(error));
        } else if (step instanceof Step.PublishMisplaced misplaced) {
            publishMisplaced(misplaced.event());
        } else if (step instanceof Step.PublishUnchecked unchecked) {
            byte[] value = serializer.serialize(topics.events(), unchecked.event());
            send(new ProducerRecord<>(
                    topics.events(), unchecked.event().getAccountId().getBytes(UTF_8), value));
        } else if (step instanceof Step.PublishBytes bytes) {
            send(new ProducerRecord<>(topics.events(), bytes.key().getBytes(UTF_8), bytes.value()));
        } else if (step instanceof Step.Link link) {
            link(link.account());
        } else if (step instanceof Step.LinkToUnknown unknown) {
            var unused = publisher
                    .linkCustomer(unknown.accountId(), CustomerRef.externalId(unknown.externalId()))
                    .whenComplete((receipt, error) -> failed(error));
        }
    }

    private void publishMisplaced(UsageEvent event) {
        wireForms.clear();
        wireForms.publish(event).join();
        io.usageflow.schema.UsageEvent avro = wireForms.events().get(0);
        byte[] key = avro.getAccountId().getBytes(UTF_8);
        int home = BuiltInPartitioner.partitionForKey(key, partitions);
        byte[] value = serializer.serialize(topics.events(), avro);
        send(new ProducerRecord<>(topics.events(), (home + 1) % partitions, key, value));
    }

    private void link(DemoAccount account) {
        var unused = publisher
                .linkCustomer(account.id(), CustomerRef.externalId(account.externalId()))
                .whenComplete((receipt, error) -> failed(error));
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        var unused = foreign.send(record, (metadata, error) -> settled(error));
    }

    private void settled(@Nullable Throwable error) {
        if (error == null) {
            acknowledged.incrementAndGet();
        } else {
            failed(error);
        }
    }

    private void failed(@Nullable Throwable error) {
        if (error != null && failure == null) {
            failure = error;
        }
    }

    private void flush() {
        foreign.flush();
        publisher.flush(FLUSH_BOUND);
    }

    private static void awaitNanos(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new WrongUsageException("the demo was interrupted");
            }
        }
    }

    @Override
    public void close() {
        foreign.close();
        publisher.close(FLUSH_BOUND);
        serializer.close();
    }
}
