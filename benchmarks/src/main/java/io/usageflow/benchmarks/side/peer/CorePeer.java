package io.usageflow.benchmarks.side.peer;

import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.ParallelEoSStreamProcessor;
import io.usageflow.benchmarks.side.SideProgram;
import io.usageflow.forwarder.config.Settings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parallel Consumer's core module, ordered by key, one record a request, Apache's blocking client in as many threads as
 * {@code delivery.max.in.flight} says; commits asynchronously every five seconds, as it does by itself.
 */
public final class CorePeer implements SideProgram {
    private final PeerEngine engine = new PeerEngine();
    private @Nullable BlockingPost post;

    @Override
    public void start(Settings settings) {
        int concurrency = settings.delivery().inFlight().max();
        Map<String, ?> registry = settings.registry().serde();
        ThreadLocal<RecordBody> bodies = ThreadLocal.withInitial(() -> new RecordBody(registry));
        BlockingPost client = new BlockingPost(settings.credyt(), concurrency);
        post = client;
        var made = new ParallelEoSStreamProcessor<byte[], byte[]>(ParallelConsumerOptions.<byte[], byte[]>builder()
                .consumer(PeerConsumer.of(settings))
                .ordering(ProcessingOrder.KEY)
                .maxConcurrency(concurrency)
                .build());
        engine.start(made, settings.topics().names().deliverable());
        made.poll(context -> client.send(bodies.get().of(context.getSingleConsumerRecord())));
    }

    @Override
    public boolean ready() {
        return engine.ready();
    }

    @Override
    public void requireAlive() {
        engine.requireAlive();
    }

    @Override
    public long forwarded() {
        return -1;
    }

    @Override
    public void stop() {
        engine.stop();
        if (post != null) {
            post.close();
            post = null;
        }
    }
}
