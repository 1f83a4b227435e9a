package io.usageflow.forwarder.admission.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.admission.counters.AdmissionLedger;
import io.usageflow.forwarder.admission.counters.AdmissionMeters;
import io.usageflow.forwarder.admission.dedup.DedupResult.InputSource;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.kafka.TopicWatch;
import io.usageflow.forwarder.ledger.LedgerCounter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far one partition of each topic was read, and in which log. Belongs to one task. Written before each commit, so in the
 * transaction that carries what was read: what stands here is never of another log than it says.
 */
public final class SourcePositions {
    private static final Logger LOG = LoggerFactory.getLogger(SourcePositions.class);
    /** Of its keys; the blocks of ids and {@link AdmissionLedger} have the store's other ones. */
    private static final String PREFIX = "source:";

    private final KeyValueStore<Bytes, byte[]> store;
    private final AdmissionLedger ledger;
    private final Sources sources;
    private final int partition;
    private final Map<String, Source> byTopic = new LinkedHashMap<>();

    /** What all tasks share: where the topics' logs are asked for, and where consumers meet the tasks. Thread-safe. */
    public record Sources(SourceOffsets offsets, TopicWatch watch, AdmissionMeters meters, ReadWhole vendorLinks) {}

    /**
     * A topic that is read whole when the process starts, without a position that would be kept.
     *
     * @param log as it was then
     */
    public record ReadWhole(String topic, LogId log) {}

    private static final class Source {
        final TopicPartition partition;
        final Bytes key;
        SourcePosition position;
        boolean changed;
        SourceOffsets.@Nullable Source begun;

        Source(TopicPartition partition, SourcePosition position) {
            this.partition = partition;
            this.key = key(partition.topic());
            this.position = position;
        }
    }

    /** A topic became another log while it was read: the task is closed, and begins at the earliest record. */
    public static final class LogReplacedException extends KafkaException {
        private static final long serialVersionUID = 1L;

        LogReplacedException(String topic, LogId before, LogId now) {
            super(topic + " was deleted and created again: its id was " + before.text() + " and is " + now.text());
        }
    }

    /** The vendor links in memory are those of a topic that is gone; only a new start reads the topic whole. */
    public static final class VendorLinksReplacedException extends KafkaException {
        private static final long serialVersionUID = 1L;

        VendorLinksReplacedException(String topic, LogId before, LogId now) {
            super(topic + " was deleted and created again: its id was " + before.text() + " and is " + now.text());
        }
    }

    /**
     * Says where the task's consumer is to read, before it reads.
     *
     * @param partitions those of the inputs first, in their order
     */
    public SourcePositions(
            KeyValueStore<Bytes, byte[]> store, AdmissionLedger ledger, Sources sources, TopicPartition... partitions) {
        this.store = store;
        this.ledger = ledger;
        this.sources = sources;
        this.partition = partitions[0].partition();
        long now = System.currentTimeMillis();
        for (TopicPartition each : partitions) {
            byTopic.put(each.topic(), begin(each, now));
        }
    }

    private Source begin(TopicPartition each, long nowMillis) {
        byte[] kept = store.get(key(each.topic()));
        SourcePosition before = kept == null ? SourcePosition.UNKNOWN : SourcePosition.parse(new String(kept, UTF_8));
        SourcePosition position = before.in(sources.watch().log(each.topic()).orElse(LogId.UNKNOWN), nowMillis);
        Source source = new Source(each, position);
        source.changed = !position.equals(before);
        if (before.log().differsFrom(position.log())) {
            LOG.error(
                    "event=log_replaced partition={} before={} log={} why=\"the topic was deleted and created again, or"
                            + " moved to another cluster: admission begins at its earliest record; ids that were admitted"
                            + " are known; see docs/runbook.md, A topic was made again\"",
                    each,
                    before.log().text(),
                    position.log().text());
            ledger.add(LedgerCounter.LOG_REPLACED, 1);
            sources.meters().logReplaced();
        }
        source.begun = sources.offsets().begin(each, position);
        return source;
    }

    /** A record was processed. */
    public void read(String topic, long offset) {
        Source source = source(topic);
        source.position = source.position.read(offset);
        source.changed = true;
    }

    /** In which log the topic's records stand. */
    public SourcePosition of(String topic) {
        return source(topic).position;
    }

    /**
     * Whether an offset that was remembered then stands in a log that another one has replaced since.
     *
     * @param seenAtMillis append time, Unix milliseconds
     */
    public boolean isOfEarlierLog(InputSource input, long seenAtMillis) {
        int place =
                switch (input) {
                    case EVENTS -> 0;
                    case REPLAYS -> 1;
                };
        return seenAtMillis < List.copyOf(byTopic.values()).get(place).position.sinceMillis();
    }

    /** By topic, those that are known. */
    public Map<String, String> logs() {
        Map<String, String> logs = new TreeMap<>();
        byTopic.forEach((topic, source) -> {
            if (source.position.log().isKnown()) {
                logs.put(topic, source.position.log().text());
            }
        });
        return logs;
    }

    /**
     * @throws LogReplacedException where a topic is another log now than when the task began
     * @throws VendorLinksReplacedException where the vendor links' topic is another log than when the process began
     */
    public void requireSameLogs() {
        ReadWhole vendorLinks = sources.vendorLinks();
        LogId vendorLinksNow = sources.watch().log(vendorLinks.topic()).orElse(LogId.UNKNOWN);
        if (vendorLinks.log().differsFrom(vendorLinksNow)) {
            throw new VendorLinksReplacedException(vendorLinks.topic(), vendorLinks.log(), vendorLinksNow);
        }
        byTopic.forEach((topic, source) -> {
            LogId now = sources.watch().log(topic).orElse(LogId.UNKNOWN);
            if (source.position.log().differsFrom(now)) {
                throw new LogReplacedException(topic, source.position.log(), now);
            }
        });
    }

    /** The processor is closed; a last commit may follow. */
    public void close() {
        countExpired();
        byTopic.values().forEach(source -> {
            if (source.begun != null) {
                sources.offsets().end(source.partition, source.begun);
            }
        });
    }

    /** Counts what Kafka deleted before it was read, to be committed. */
    public void countExpired() {
        for (Source source : byTopic.values()) {
            sources.offsets().takeExpired(source.partition).ifPresent(expired -> count(source, expired));
        }
    }

    /** To be called before each commit, and before the ledger is written. */
    public void write() {
        countExpired();
        for (Source source : byTopic.values()) {
            if (source.changed) {
                source.changed = false;
                store.put(source.key, source.position.text().getBytes(UTF_8));
                source.position.next().ifPresent(next -> sources.offsets().processed(source.partition, next));
            }
        }
    }

    private void count(Source source, SourceOffsets.Expired expired) {
        ledger.add(LedgerCounter.EXPIRED_UNREAD, expired.records());
        ledger.add(LedgerCounter.expiredUnread(source.partition.topic()), expired.records());
        sources.meters().expiredUnread(source.partition.topic(), expired.records());
        if (source.position.next().orElse(-1) < expired.to()) {
            // Counted for good: a restart before the next record must not count it again.
            source.position = source.position.read(expired.to() - 1);
            source.changed = true;
        }
    }

    private Source source(String topic) {
        Source source = byTopic.get(topic);
        if (source == null) {
            throw new IllegalStateException("admission reads no topic " + topic + " in partition " + partition);
        }
        return source;
    }

    private static Bytes key(String topic) {
        return Bytes.wrap((PREFIX + topic).getBytes(UTF_8));
    }
}
