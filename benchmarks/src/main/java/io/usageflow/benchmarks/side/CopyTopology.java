package io.usageflow.benchmarks.side;

import io.usageflow.schema.topic.Topics;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/** Bytes in, the same bytes out: no store, no decoding. */
final class CopyTopology {
    private CopyTopology() {}

    static Topology of(Topics topics, LongAdder forwarded) {
        return new Topology()
                .addSource("from-events", new ByteArrayDeserializer(), new ByteArrayDeserializer(), topics.events())
                .addProcessor("copy", () -> new Copy(forwarded), "from-events")
                .addSink(
                        "to-deliverable",
                        topics.deliverable(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer(),
                        "copy");
    }

    private static final class Copy extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
        private final LongAdder forwarded;

        Copy(LongAdder forwarded) {
            this.forwarded = forwarded;
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            forwarded.increment();
            context().forward(record);
        }
    }
}
