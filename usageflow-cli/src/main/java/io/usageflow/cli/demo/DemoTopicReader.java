package io.usageflow.cli.demo;

import io.usageflow.cli.demo.DemoReport.DeadLetterCounts;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerReader;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Deserializer;

/** Looks at what the pipeline has left in its topics, without asking the pipeline. */
final class DemoTopicReader {
    private static final Duration READ_BOUND = Duration.ofSeconds(60);

    private final Topics topics;
    private final LedgerReader ledger;
    private final TopicReader reader;
    private final Map<String, String> registry;

    DemoTopicReader(Settings settings) {
        topics = settings.topics().names();
        registry = settings.registry().serde();
        ledger = new LedgerReader(topics, settings.kafka().client(), registry);
        reader = new TopicReader(settings.kafka().client());
    }

    /** @param receipts records in the receipts topic; more than there are ids where one was written twice */
    record Found(DeadLetterCounts deadLetters, long receipts, Set<String> receiptIds) {}

    LedgerBalance books() {
        return LedgerBalance.of(ledger.read(READ_BOUND));
    }

    Found look() {
        Set<String> receiptIds = new HashSet<>();
        long[] receipts = {0};
        try (Deserializer<Receipt> deserializer = AvroSerdes.ownValueDeserializer(registry, Receipt.class)) {
            reader.read(topics.receipts(), record -> {
                receipts[0]++;
                receiptIds.add(
                        deserializer.deserialize(record.topic(), record.value()).getCredytEventId());
            });
        }
        return new Found(deadLetters(), receipts[0], receiptIds);
    }

    private DeadLetterCounts deadLetters() {
        Map<String, Map<String, Long>> counts = new TreeMap<>();
        try (Deserializer<DeadLetter> deserializer = AvroSerdes.ownValueDeserializer(registry, DeadLetter.class)) {
            reader.read(topics.deadLetters(), record -> {
                DeadLetter letter = deserializer.deserialize(record.topic(), record.value());
                counts.computeIfAbsent(letter.getStage(), stage -> new TreeMap<>())
                        .merge(letter.getReason(), 1L, Long::sum);
            });
        }
        return new DeadLetterCounts(
                counts.getOrDefault("admission", Map.of()), counts.getOrDefault("delivery", Map.of()));
    }
}
