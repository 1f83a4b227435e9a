package io.usageflow.benchmarks.program;

import io.usageflow.benchmarks.program.PeerConsumer.BlockingPost;
import io.usageflow.benchmarks.program.PeerConsumer.RequestBodies;
import io.usageflow.forwarder.config.Settings;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** The loop of the tutorials: poll, post each record and wait for its answer, commit. */
public final class NaiveProgram implements SideProgram {
    private static final Duration POLL = Duration.ofMillis(200);

    private @Nullable Thread thread;
    private PeerConsumer joined = new PeerConsumer();
    private volatile boolean stopping;
    private volatile @Nullable RuntimeException failure;

    @Override
    public void start(Settings settings) {
        stopping = false;
        PeerConsumer listener = new PeerConsumer();
        joined = listener;
        Thread made = new Thread(() -> deliver(settings, listener), "naive");
        thread = made;
        made.start();
    }

    private void deliver(Settings settings, PeerConsumer listener) {
        RequestBodies bodies = new RequestBodies(settings.registry().serde());
        try (KafkaConsumer<byte[], byte[]> consumer = PeerConsumer.of(settings);
                BlockingPost post = new BlockingPost(settings.credyt(), 1)) {
            consumer.subscribe(List.of(settings.topics().names().deliverable()), listener);
            while (!stopping) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    post.send(bodies.of(List.of(record)));
                }
                consumer.commitSync();
            }
        } catch (RuntimeException failed) {
            failure = failed;
        }
    }

    @Override
    public boolean ready() {
        return joined.assigned();
    }

    @Override
    public void requireAlive() {
        RuntimeException failed = failure;
        if (failed != null) {
            throw new IllegalStateException("the consumer has ended: " + failed, failed);
        }
    }

    @Override
    public void stop() {
        stopping = true;
        try {
            if (thread != null) {
                thread.join();
                thread = null;
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
