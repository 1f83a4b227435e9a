package io.usageflow.benchmarks.producer;

import io.usageflow.schema.Cost;
import io.usageflow.schema.Source;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerializer;
import io.usageflow.schema.topic.Topics;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka's client as an application would use it that knows the schema. */
final class RawSender implements Sender {
    private final KafkaProducer<String, UsageEvent> producer;
    private final String topic;
    private final Source source = new Source("benchmark", "benchmark-1", "0.1.0");
    private final LongAdder failures = new LongAdder();
    private List<UsageEvent> made = List.of();

    /** Opens it. @param settings of Kafka's client and the registry, and the topics' prefix */
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
        var unused = producer.send(new ProducerRecord<>(topic, event.getAccountId(), event), (metadata, failure) -> {
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
