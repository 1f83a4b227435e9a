package io.usageflow.benchmarks.program;

import io.usageflow.schema.topic.Topics;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;

/** Bytes in, the same bytes out: all of them, or one event of each id. */
final class DedupTopology {
    private static final String PROCESSOR = "forward";

    private DedupTopology() {}

    /** Without a store and without decoding. @param forwarded is increased for each event that goes out */
    static Topology copy(Topics topics, LongAdder forwarded) {
        return of(topics, () -> new Forward(forwarded));
    }

    /** Without the events whose id the store has seen. @param forwarded is increased for each event that goes out */
    static Topology of(ComparedDedupStore store, Topics topics, LongAdder forwarded) {
        return of(topics, () -> new ForwardFirst(store, forwarded)).addStateStore(store.builder(), PROCESSOR);
    }

    private static Topology of(Topics topics, ProcessorSupplier<byte[], byte[], byte[], byte[]> processor) {
        return new Topology()
                .addSource("from-events", new ByteArrayDeserializer(), new ByteArrayDeserializer(), topics.events())
                .addProcessor(PROCESSOR, processor, "from-events")
                .addSink(
                        "to-deliverable",
                        topics.deliverable(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer(),
                        PROCESSOR);
    }

    private static class Forward extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
        private final LongAdder forwarded;

        Forward(LongAdder forwarded) {
            this.forwarded = forwarded;
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            forwarded.increment();
            context().forward(record);
        }
    }

    private static final class ForwardFirst extends Forward {
        private final ComparedDedupStore store;
        private ComparedDedupStore.SeenIds seen;

        @SuppressWarnings("NullAway.Init") // Streams calls init before anything else
        ForwardFirst(ComparedDedupStore store, LongAdder forwarded) {
            super(forwarded);
            this.store = store;
        }

        @Override
        public void init(ProcessorContext<byte[], byte[]> context) {
            super.init(context);
            seen = store.open().apply(context.getStateStore(ComparedDedupStore.NAME));
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            if (seen.isFirst(record.value(), record.timestamp())) {
                super.process(record);
            }
        }
    }
}
