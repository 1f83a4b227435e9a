package io.usageflow.benchmarks.side.dedup;

import io.usageflow.schema.topic.Topics;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Bytes in, the same bytes out unless their id was seen before. */
public final class DedupTopology {
    private DedupTopology() {}

    /** @param forwarded to be raised for each event that goes out */
    public static Topology of(DedupStore store, Topics topics, LongAdder forwarded) {
        return new Topology()
                .addSource("from-events", new ByteArrayDeserializer(), new ByteArrayDeserializer(), topics.events())
                .addProcessor("remove-repeats", () -> new RemoveRepeats(store, forwarded), "from-events")
                .addStateStore(store.builder(), "remove-repeats")
                .addSink(
                        "to-deliverable",
                        topics.deliverable(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer(),
                        "remove-repeats");
    }

    private static final class RemoveRepeats extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
        private final DedupStore store;
        private final LongAdder forwarded;
        private SeenIds seen;

        @SuppressWarnings("NullAway.Init") // Streams calls init before anything else
        RemoveRepeats(DedupStore store, LongAdder forwarded) {
            this.store = store;
            this.forwarded = forwarded;
        }

        @Override
        public void init(ProcessorContext<byte[], byte[]> context) {
            super.init(context);
            seen = store.open(context.getStateStore(DedupStore.NAME));
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            if (seen.isFirst(record.value(), record.timestamp())) {
                forwarded.increment();
                context().forward(record);
            }
        }
    }
}
