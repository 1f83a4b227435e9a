package io.usageflow.forwarder.admission.source;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.internals.AsyncKafkaConsumer;
import org.apache.kafka.clients.consumer.internals.StreamsRebalanceData;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.internals.ConsumerWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Applies {@link SourceOffsets} to the main consumer that Streams creates for the streams group protocol. An internal
 * setting names the wrapper class (Kafka 4.3.1, {@code StreamThread.maybeWrapConsumer}); the classic protocol uses
 * {@link BoundedConsumers}. If Streams stops calling it, PartitionsChangedIT fails.
 */
public final class SourceOffsetsWrapper {
    private static final String OFFSETS = "usageflow.source.offsets";

    private SourceOffsetsWrapper() {}

    /** The settings that make Streams use the wrapper. */
    public static Map<String, Object> settings(SourceOffsets offsets) {
        return Map.of(
                StreamsConfig.mainConsumerPrefix(StreamsConfig.InternalConfig.INTERNAL_CONSUMER_WRAPPER),
                Wrapper.class.getName(),
                StreamsConfig.mainConsumerPrefix(OFFSETS),
                offsets);
    }

    /** Public, because Streams creates it. */
    public static final class Wrapper extends ConsumerWrapper {
        private @Nullable SourceOffsets offsets;

        @Override
        public void wrapConsumer(
                AsyncKafkaConsumer<byte[], byte[]> consumer,
                Map<String, Object> config,
                Optional<StreamsRebalanceData> rebalanceData) {
            super.wrapConsumer(consumer, config, rebalanceData);
            offsets = (SourceOffsets) config.get(OFFSETS);
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration atMost) {
            return Objects.requireNonNull(offsets, OFFSETS).poll(this, atMost, super::poll);
        }
    }
}
