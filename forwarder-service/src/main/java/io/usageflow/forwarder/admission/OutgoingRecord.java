package io.usageflow.forwarder.admission;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way out: its bytes, and the partition they must go to. Kafka's partitioner could not know: a dead
 * letter goes to the partition of its source record whatever its key is, and a rerouted record by its account.
 *
 * @param partition {@link #BY_KEY} where the key decides
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record OutgoingRecord(byte @Nullable [] value, int partition) {
    static final int BY_KEY = -1;

    /** Keys of outgoing texts. */
    static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** For sinks; stateless. */
    static final class ValueSerializer implements Serializer<OutgoingRecord> {
        @Override
        public byte @Nullable [] serialize(String topic, @Nullable OutgoingRecord outgoing) {
            return outgoing == null ? null : outgoing.value;
        }
    }

    /** For sinks; stateless. */
    static final class Partitioner implements StreamPartitioner<byte[], OutgoingRecord> {
        @Override
        public Optional<Set<Integer>> partitions(
                String topic, byte @Nullable [] key, OutgoingRecord outgoing, int numPartitions) {
            return outgoing.partition == BY_KEY ? Optional.empty() : Optional.of(Set.of(outgoing.partition));
        }
    }
}
