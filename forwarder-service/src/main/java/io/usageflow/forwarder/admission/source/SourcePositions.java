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
 * How far one partition of each topic was read, and in which log. Belongs to one task. Written before each commit, in
 * the transaction of the records that were read.
 */
public final class SourcePositions {
    private static final Logger LOG = LoggerFactory.getLogger(SourcePositions.class);
    /** Prefix of its keys in a store shared with the id blocks and {@link AdmissionLedger}. */
    private static final String PREFIX = "source:";

    private final KeyValueStore<Bytes, byte[]> store;
    private final AdmissionLedger ledger;
    private final Sources sources;
    private final int partition;
    private final Map<String, Source> byTopic = new LinkedHashMap<>();

    /** Objects that all tasks share. Thread-safe. */
    public record Sources(SourceOffsets offsets, TopicWatch watch, AdmissionMeters meters, ReadWhole vendorLinks) {}

    /**
     * A topic that is read completely when the process starts, without a stored position.
     *
     * @param log its log at the start
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

    /** A topic was replaced while it was read. The task is closed and begins at the earliest record. */
    public static final class LogReplacedException extends KafkaException {
        private static final long serialVersionUID = 1L;

        LogReplacedException(String topic, LogId before, LogId now) {
            super(topic + " was deleted and created again: its id was " + before.text() + " and is " + now.text());
        }
    }

    /** The vendor links' topic was replaced. Only a restart reads it completely. */
    public static final class VendorLinksReplacedException extends KafkaException {
        private static final long serialVersionUID = 1L;

        VendorLinksReplacedException(String topic, LogId before, LogId now) {
            super(topic + " was deleted and created again: its id was " + before.text() + " and is " + now.text());
        }
    }

    /**
     * Sets where the task's consumer reads, before it reads.
     *
     * @param partitions of events, replays and customer links, in this order
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
                            + " moved to another cluster; admission begins at its earliest record, and admitted ids are"
                            + " known; see docs/runbook.md, A topic was made again\"",
                    each,
                    before.log().text(),
                    position.log().text());
            ledger.add(LedgerCounter.LOG_REPLACED, 1);
            sources.meters().logReplaced();
        }
        source.begun = sources.offsets().begin(each, position);
        return source;
    }

    /** Notes a processed record. */
    public void read(String topic, long offset) {
        Source source = source(topic);
        source.position = source.position.read(offset);
        source.changed = true;
    }

    public SourcePosition of(String topic) {
        return source(topic).position;
    }

    /**
     * Whether a record that was stored at that time is of a log that was replaced since.
     *
     * @param seenAtMillis append time, in Unix milliseconds
     */
    public boolean isOfEarlierLog(InputSource input, long seenAtMillis) {
        int place =
                switch (input) {
                    case EVENTS -> 0;
                    case REPLAYS -> 1;
                };
        return seenAtMillis < List.copyOf(byTopic.values()).get(place).position.sinceMillis();
    }

    /** The known logs, by topic. */
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
     * Checks that no topic was replaced.
     *
     * @throws LogReplacedException if a topic has another log than when the task began
     * @throws VendorLinksReplacedException if the vendor links' topic has another log than when the process began
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

    /** Called when the processor is closed; a last commit may follow. */
    public void close() {
        countExpired();
        byTopic.values().forEach(source -> {
            if (source.begun != null) {
                sources.offsets().end(source.partition, source.begun);
            }
        });
    }

    /** Counts the records that Kafka deleted unread. */
    public void countExpired() {
        for (Source source : byTopic.values()) {
            sources.offsets().takeExpired(source.partition).ifPresent(expired -> count(source, expired));
        }
    }

    /** To be called before each commit, before the ledger is written. */
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
            // A restart before the next record must not count it again.
            source.position = source.position.read(expired.to() - 1);
            source.changed = true;
        }
    }

    private Source source(String topic) {
        Source source = byTopic.get(topic);
        if (source == null) {
            throw new IllegalStateException("admission does not read topic " + topic + " in partition " + partition);
        }
        return source;
    }

    private static Bytes key(String topic) {
        return Bytes.wrap((PREFIX + topic).getBytes(UTF_8));
    }
}
