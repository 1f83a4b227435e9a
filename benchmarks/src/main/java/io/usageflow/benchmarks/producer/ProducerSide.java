package io.usageflow.benchmarks.producer;

import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.schema.Cost;
import io.usageflow.schema.Source;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerializer;
import io.usageflow.schema.topic.Topics;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** The compared sides, all with the same settings: the raw client gets the settings that the publisher makes itself. */
public enum ProducerSide {
    RAW("raw", "KafkaProducer.send of the Avro record, with our Avro serializer and a callback"),
    PUBLISHER("publisher", "UsagePublisher.publish"),
    SPOOL("spool", "UsagePublisher.publish with a spool: durable when it is on disk");

    static final String TOPICS_PREFIX = "topics.prefix";

    /** How long a call may wait for room. By default the publisher does not wait; here no event may be refused. */
    private static final String WAIT_MS = "60000";

    private final String word;
    private final String what;

    ProducerSide(String word, String what) {
        this.word = word;
        this.what = what;
    }

    String word() {
        return word;
    }

    String what() {
        return what;
    }

    Topics topics() {
        return new Topics("producer-" + word);
    }

    Map<String, String> settings(BenchmarkCluster cluster) {
        Map<String, String> settings = new TreeMap<>(cluster.registrySettings());
        settings.put("bootstrap.servers", cluster.bootstrapServers());
        settings.put(TOPICS_PREFIX, topics().prefix());
        settings.put("buffer.memory", "33554432");
        if (this == RAW) {
            settings.put("acks", "all");
            settings.put("enable.idempotence", "true");
            settings.put("compression.type", "lz4");
            settings.put("linger.ms", "10");
            settings.put("batch.size", "131072");
            settings.put("max.block.ms", WAIT_MS);
        } else {
            settings.put("publish.max.block.ms", WAIT_MS);
        }
        if (this == SPOOL) {
            settings.put("spool.dir", cluster.directory().resolve("spool").toString());
        }
        return settings;
    }

    Sender open(Map<String, String> settings) {
        return this == RAW ? new RawSender(new HashMap<>(settings)) : new PublisherSender(settings);
    }

    /** Kafka's client as an application would use it that knows the schema. */
    private static final class RawSender implements Sender {
        private final KafkaProducer<String, UsageEvent> producer;
        private final String topic;
        private final Source source = new Source("benchmark", "benchmark-1", "0.1.0");
        private final LongAdder failures = new LongAdder();
        private List<UsageEvent> made = List.of();

        /** The settings are those of Kafka's client and the registry, and the topics' prefix. */
        RawSender(Map<String, Object> settings) {
            topic = new Topics(String.valueOf(settings.remove(ProducerSide.TOPICS_PREFIX))).events();
            settings.put("key.serializer", StringSerializer.class.getName());
            settings.put("value.serializer", AvroSerializer.class.getName());
            producer = new KafkaProducer<>(settings);
        }

        @Override
        public void send(Usage usage) {
            hand(event(usage));
        }

        @Override
        public void make(List<Usage> usages) {
            made = usages.stream().map(this::event).toList();
        }

        @Override
        public void sendMade(int index) {
            hand(made.get(index));
        }

        private void hand(UsageEvent event) {
            var unused =
                    producer.send(new ProducerRecord<>(topic, event.getAccountId(), event), (metadata, failure) -> {
                        if (failure != null) {
                            failures.increment();
                        }
                    });
        }

        // The schema's constructors take null for an optional field, which generated code does not say.
        @SuppressWarnings("NullAway")
        private UsageEvent event(Usage usage) {
            Map<String, Object> data = new HashMap<>();
            data.put("model", usage.model());
            data.put("input_tokens", usage.inputTokens());
            data.put("output_tokens", usage.outputTokens());
            data.put("region", "eu-central-1");
            return new UsageEvent(
                    usage.id(),
                    "chat.completion",
                    Instant.now(),
                    usage.account(),
                    null,
                    null,
                    usage.subject(),
                    "Answer in a conversation",
                    data,
                    List.of(new Cost(null, "openai", null, usage.cost(), "USD", Map.of())),
                    source);
        }

        @Override
        public void awaitDurable() {
            producer.flush();
            if (failures.sum() > 0) {
                throw new IllegalStateException(failures.sum() + " records failed");
            }
        }

        @Override
        public void close() {
            producer.close();
        }
    }
}
