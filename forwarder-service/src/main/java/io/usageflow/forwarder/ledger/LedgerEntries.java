package io.usageflow.forwarder.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.text.VisibleText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest entry under each key of the ledger's topic, and the records there that cannot be read. Such a record
 * leaves the entry before it in force: only a stage may say what it has counted. A later entry under its key mends it,
 * an empty value removes both. Not thread-safe.
 */
final class LedgerEntries {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerEntries.class);
    /** Later ones are counted and not named. */
    private static final int WARNED_MAX = 1_000;

    private final Deserializer<LedgerEntry> deserializer;
    private final Map<String, LedgerEntry> newest = new LinkedHashMap<>();
    private final Map<String, UnreadableEntry> bad = new LinkedHashMap<>();
    private final Set<String> warned;

    /** @param lost where it may be a stage's entry */
    private record UnreadableEntry(int partition, Optional<SchemaLostException> lost) {}

    /** @param warned coordinates of the records that the log has named; shared by the readings of one reader */
    LedgerEntries(Deserializer<LedgerEntry> deserializer, Set<String> warned) {
        this.deserializer = deserializer;
        this.warned = warned;
    }

    /** @throws KafkaException while the registry is away */
    void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            // By its place, which no key has: a compacted topic takes none of these.
            note("\u0000" + record.partition() + "@" + record.offset(), record, "it has no key", Optional.empty());
            return;
        }
        String key = new String(record.key(), UTF_8);
        if (record.value() == null) {
            newest.remove(key);
            bad.remove(key);
            return;
        }
        try {
            newest.put(key, deserializer.deserialize(record.topic(), record.value()));
            bad.remove(key);
        } catch (SchemaLostException lost) {
            note(key, record, String.valueOf(lost.getMessage()), Optional.of(lost));
        } catch (KafkaException rubbish) {
            if (RegistryAbsence.isCauseOf(rubbish)) {
                throw rubbish;
            }
            note(key, record, String.valueOf(rubbish.getMessage()), Optional.empty());
        }
    }

    private void note(
            String key, ConsumerRecord<byte[], byte[]> record, String why, Optional<SchemaLostException> lost) {
        bad.put(key, new UnreadableEntry(record.partition(), lost));
        if (warned.size() < WARNED_MAX && warned.add(record.partition() + "@" + record.offset())) {
            LOG.warn(
                    "event=ledger_entry_unreadable partition={} offset={} why={}",
                    record.partition(),
                    record.offset(),
                    VisibleText.logged(why));
        }
    }

    List<LedgerEntry> entries() {
        return new ArrayList<>(newest.values());
    }

    /** Why an entry that a stage may have written cannot be read, of the first. */
    Optional<SchemaLostException> lost() {
        return bad.values().stream().flatMap(each -> each.lost().stream()).findFirst();
    }

    /** One finding for each partition of the topic. */
    List<LedgerBalance.Finding> unreadable() {
        Map<Integer, Long> counts = new TreeMap<>();
        bad.values().forEach(each -> counts.merge(each.partition(), 1L, Long::sum));
        return counts.entrySet().stream()
                .map(each -> new LedgerBalance.Finding(
                        LedgerBalance.Finding.Kind.UNREADABLE, "ledger topic", each.getKey(), each.getValue()))
                .toList();
    }
}
