package io.usageflow.forwarder.deadletter;

import io.usageflow.forwarder.config.Settings;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The answers to dead letters, kept by a process that asks for them again and again: each reading takes only those that
 * came since the one before. A reading that takes too long for one who asks continues for those who ask later. Memory
 * does not grow with their number, the table is on disk. Thread-safe; close it.
 */
public final class KnownMarks implements AutoCloseable {
    private final Settings settings;
    private final DeadLetterMarks marks;
    private final ThreadPoolExecutor thread =
            new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                var reader = new Thread(work, "dead-letter-marks");
                reader.setDaemon(true);
                return reader;
            });
    private @Nullable Future<?> reading;

    public KnownMarks(Settings settings) {
        this.settings = settings;
        this.marks = DeadLetterMarks.none(settings);
        thread.allowCoreThreadTimeOut(true);
    }

    /**
     * The answers of now; empty if they cannot be read in time. They belong to this object, which closes them.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka refuses or does not answer
     */
    public Optional<DeadLetterMarks> upToDate(Duration atMost) throws InterruptedException {
        try {
            readOn().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            return Optional.of(marks);
        } catch (TimeoutException late) {
            return Optional.empty();
        } catch (ExecutionException failed) {
            Throwable cause = Objects.requireNonNullElse(failed.getCause(), failed);
            throw cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
        }
    }

    /**
     * As {@link #upToDate}, for those who cannot do without.
     *
     * @throws org.apache.kafka.common.KafkaException also where they cannot be read in time
     */
    public DeadLetterMarks required(Duration atMost) throws InterruptedException {
        return upToDate(atMost)
                .orElseThrow(() -> new org.apache.kafka.common.errors.TimeoutException(
                        "the answers to dead letters were not all read within " + atMost.toSeconds()
                                + " s. The reading continues: ask again in a while"));
    }

    /** One that is under way may have begun before what the caller must know, but it ends soon after. */
    private synchronized Future<?> readOn() {
        if (reading == null || reading.isDone()) {
            reading = thread.submit(() -> marks.readOn(settings));
        }
        return reading;
    }

    @Override
    public void close() {
        thread.shutdownNow();
        marks.close();
    }
}
