package io.usageflow.forwarder.admission.source;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The time of a record, whatever its producer wrote. Never throws and never gives a negative time: Streams' own extractor
 * stops the thread at a record without a timestamp, again after every restart. Stateless.
 *
 * <p>Topics of events and replays have {@code LogAppendTime}, so that theirs is the broker's. A record from before that was
 * set may have none; it counts as appended together with the latest before it, and at the epoch where there is none, when
 * every event is of the future and none is admitted by guess.
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
     * Of a link, which has no use for a time. Streams takes the earliest of the records it holds; so a link from a producer
     * whose clock is ahead must not wait until no event waits.
     */
    public static final class OfLinks implements TimestampExtractor {
        @Override
        public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
            return Math.min(orLatest(record.timestamp(), partitionTime), System.currentTimeMillis());
        }
    }
}
