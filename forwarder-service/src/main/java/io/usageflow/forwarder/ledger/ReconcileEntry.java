package io.usageflow.forwarder.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonValue;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * The result of the last reconciliation of all accounts, which the ledger's topic keeps next to the books under keys of
 * its own. It counts no events of a stage, so the balance leaves it out. Immutable.
 *
 * @param from begin of the period
 * @param to end of the period, exclusive
 * @param endedAt when the run ended
 * @param findings events that were not as they should be
 * @param counts by what was found, such as missing
 */
public record ReconcileEntry(
        Check check, Instant from, Instant to, Instant endedAt, long findings, Map<String, Long> counts) {
    private static final int PARTITION = 0;
    private static final String FROM = "from_ms";
    private static final String TO = "to_ms";
    private static final String FINDINGS = "findings";
    private static final String COUNT = "count.";
    private static final Duration WRITE_WITHIN = Duration.ofSeconds(15);

    public ReconcileEntry {
        counts = new TreeMap<>(counts);
    }

    /** What was compared. */
    public enum Check {
        /** {@code usageflow reconcile}: receipts with Credyt's events. */
        RECEIPTS("reconcile-receipts"),
        /** {@code usageflow reconcile --unknown}: Credyt's lists with what was sent. */
        LISTS("reconcile-lists");

        private final String stage;

        Check(String stage) {
            this.stage = stage;
        }

        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    LedgerEntry toEntry() {
        var counters = new HashMap<String, Long>();
        counters.put(FROM, from.toEpochMilli());
        counters.put(TO, to.toEpochMilli());
        counters.put(FINDINGS, findings);
        counts.forEach((name, value) -> counters.put(COUNT + name, value));
        return new LedgerEntry(check.stage, PARTITION, counters, endedAt, null, Map.of());
    }

    private static Optional<ReconcileEntry> of(LedgerEntry entry) {
        Map<String, Long> counters = entry.getCounters();
        for (Check check : Check.values()) {
            if (check.stage.equals(entry.getStage())) {
                var counts = new TreeMap<String, Long>();
                counters.forEach((name, value) -> {
                    if (name.startsWith(COUNT)) {
                        counts.put(name.substring(COUNT.length()), value);
                    }
                });
                return Optional.of(new ReconcileEntry(
                        check,
                        Instant.ofEpochMilli(counters.getOrDefault(FROM, 0L)),
                        Instant.ofEpochMilli(counters.getOrDefault(TO, 0L)),
                        entry.getUpdatedAt(),
                        counters.getOrDefault(FINDINGS, 0L),
                        counts));
            }
        }
        return Optional.empty();
    }

    /** Those among the entries of the ledger's topic, in the order of the checks. */
    static List<ReconcileEntry> among(Collection<LedgerEntry> entries) {
        return entries.stream()
                .flatMap(entry -> of(entry).stream())
                .sorted(Comparator.comparing(ReconcileEntry::check))
                .toList();
    }

    /**
     * Writes it, for the forwarders' meters and pages.
     *
     * @return why it could not be written, a sentence; empty if it was
     */
    public Optional<String> write(Settings settings) {
        String topic = settings.topics().names().ledger();
        Map<String, Object> config = new HashMap<>(settings.kafka().client());
        config.put(ProducerConfig.CLIENT_ID_CONFIG, "usageflow-reconcile");
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        int atMost = Math.toIntExact(WRITE_WITHIN.toMillis());
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, atMost);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, atMost);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, atMost);
        try (Serializer<LedgerEntry> serializer =
                        AvroSerdes.valueSerializer(settings.registry().serde());
                var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            byte[] key = (check.stage + "-" + PARTITION).getBytes(UTF_8);
            KafkaClients.answer(
                    producer.send(new ProducerRecord<>(topic, key, serializer.serialize(topic, toEntry()))),
                    WRITE_WITHIN);
            return Optional.empty();
        } catch (InterruptException stopped) {
            throw stopped;
        } catch (KafkaException refused) {
            return Optional.of("the result was not written to " + topic
                    + ", so the forwarder's meters and console do not show it: " + refused.getMessage());
        }
    }
}
