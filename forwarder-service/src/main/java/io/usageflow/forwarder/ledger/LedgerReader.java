package io.usageflow.forwarder.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.topics.TopicReader;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.serde.UnknownSchemaException;
import io.usageflow.schema.text.VisibleText;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the ledger topic from its beginning to the end it has when the reading starts: committed entries only, and of
 * each stage and partition the newest. Belongs to no group and leaves nothing behind. Thread-safe: each reading has a
 * consumer of its own.
 */
public final class LedgerReader {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerReader.class);
    private static final Duration READ_AGAIN_AFTER = Duration.ofMillis(500);

    private final Topics topics;
    private final Map<String, ?> kafka;
    private final Map<String, ?> registry;

    /**
     * @param kafka client settings, {@code bootstrap.servers} among them
     * @param registry as {@link AvroSerdes} takes it
     */
    public LedgerReader(Topics topics, Map<String, ?> kafka, Map<String, ?> registry) {
        this.topics = topics;
        this.kafka = Map.copyOf(kafka);
        this.registry = Map.copyOf(registry);
    }

    /**
     * The newest entry of each stage and partition.
     *
     * @throws TimeoutException where the end is not reached in time
     * @throws KafkaException where Kafka or the registry refuses, or an entry cannot be decoded
     */
    public List<LedgerEntry> read(Duration atMost) {
        Map<String, LedgerEntry> newest = new LinkedHashMap<>();
        try (Deserializer<LedgerEntry> deserializer = AvroSerdes.ownValueDeserializer(registry, LedgerEntry.class)) {
            new TopicReader(kafka).read(topics.ledger(), atMost, record -> note(record, deserializer, newest));
        }
        return new ArrayList<>(newest.values());
    }

    /** What is no entry leaves the one before it in force: only a stage may say what it has counted. */
    private static void note(
            ConsumerRecord<byte[], byte[]> record,
            Deserializer<LedgerEntry> deserializer,
            Map<String, LedgerEntry> newest) {
        if (record.key() == null) {
            LOG.warn(
                    "event=ledger_entry_ignored partition={} offset={} why=\"it has no key\"",
                    record.partition(),
                    record.offset());
            return;
        }
        String key = new String(record.key(), UTF_8);
        if (record.value() == null) {
            newest.remove(key);
            return;
        }
        try {
            newest.put(key, deserializer.deserialize(record.topic(), record.value()));
        } catch (UnknownSchemaException unknown) {
            throw unknown; // it may be an entry: the registry has lost its schema
        } catch (SerializationException rubbish) {
            if (RegistryAbsence.isCauseOf(rubbish)) {
                throw rubbish;
            }
            LOG.warn(
                    "event=ledger_entry_ignored partition={} offset={} why=\"{}\"",
                    record.partition(),
                    record.offset(),
                    VisibleText.logged(String.valueOf(rubbish.getMessage())));
        }
    }

    /**
     * The balance, read again while all that is found may be the reading's fault ({@link LedgerBalance#mayBeMoving}).
     *
     * @param atMost for all readings together
     */
    public LedgerBalance settled(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            LedgerBalance balance = LedgerBalance.of(read(left(deadline)));
            boolean lastReading = left(deadline).compareTo(READ_AGAIN_AFTER.multipliedBy(2)) < 0;
            if (balance.isBalanced() || !balance.mayBeMoving() || lastReading) {
                return balance;
            }
            Thread.sleep(READ_AGAIN_AFTER.toMillis());
        }
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }
}
