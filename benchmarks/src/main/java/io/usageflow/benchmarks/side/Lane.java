package io.usageflow.benchmarks.side;

import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.load.EventFeed;
import io.usageflow.benchmarks.load.EventIds;
import io.usageflow.benchmarks.load.SliceWriter;
import io.usageflow.benchmarks.load.SliceWriter.Slice;
import io.usageflow.benchmarks.measure.SliceWatch;
import io.usageflow.schema.topic.Topics;

/** Topics and what is written into them, from one start of a side's program on them to its stop. */
record Lane(Topics topics, EventFeed feed, SliceWriter writer, SliceWatch watch) {
    private static final long SEED = 20_261_123;

    static Lane of(BenchmarkCluster cluster, Topics topics, EventIds.Kind ids, SliceWatch watch) {
        return new Lane(
                topics,
                new EventFeed(topics.events(), ids, SEED, cluster.registrySettings()),
                new SliceWriter(cluster.bootstrapServers()),
                watch);
    }

    /** Writes events that are new, or repeats, and shows them. */
    Slice write(long events) {
        Slice slice = writer.write(events, feed::next);
        writer.release();
        return slice;
    }

    /** The application id of admission. */
    String group() {
        return topics.prefix() + ".admission";
    }
}
