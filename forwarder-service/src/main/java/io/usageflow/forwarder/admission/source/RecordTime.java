package io.usageflow.forwarder.admission.source;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * Extracts a record's time without ever failing: at a record without a timestamp, Streams' own extractor would stop the
 * thread, again after every restart. Stateless.
 *
 * <p>The topics of events and replays have {@code LogAppendTime}. An older record may have no timestamp. It gets the
 * latest time before it; without one it gets 0, so that its event counts as {@code IN_FUTURE} and is not admitted.
 */
public final class RecordTime implements TimestampExtractor {
    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        return orLatest(record.timestamp(), partitionTime);
    }

    static long orLatest(long timestamp, long partitionTime) {
        return timestamp >= 0 ? timestamp : Math.max(0, partitionTime);
    }

    /**
     * Extracts a link's time, at most the current time. Streams processes its earliest record first, so a link from a
     * producer whose clock is ahead would wait behind all events.
     */
    public static final class OfLinks implements TimestampExtractor {
        @Override
        public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
            return Math.min(orLatest(record.timestamp(), partitionTime), System.currentTimeMillis());
        }
    }
}
