package io.usageflow.benchmarks.side.peer;

import io.confluent.parallelconsumer.internal.AbstractParallelEoSStreamProcessor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parallel Consumer at work, of whichever of its modules. Begins stopped. */
final class PeerEngine {
    private @Nullable AbstractParallelEoSStreamProcessor<byte[], byte[]> processor;
    private PeerConsumer joined = new PeerConsumer();

    /** Reads this topic; what it does with the records the caller says next. */
    void start(AbstractParallelEoSStreamProcessor<byte[], byte[]> made, String topic) {
        joined = new PeerConsumer();
        processor = made;
        made.subscribe(List.of(topic), joined);
    }

    boolean ready() {
        return joined.assigned();
    }

    void requireAlive() {
        if (processor == null) {
            throw new IllegalStateException("Parallel Consumer was not started");
        }
        if (processor.isClosedOrFailed()) {
            throw new IllegalStateException("Parallel Consumer has ended", processor.getFailureCause());
        }
    }

    void stop() {
        if (processor != null) {
            processor.closeDontDrainFirst();
            processor = null;
        }
    }
}
