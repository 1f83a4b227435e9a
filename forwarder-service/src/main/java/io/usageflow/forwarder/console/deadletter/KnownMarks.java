package io.usageflow.forwarder.console.deadletter;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterMarks;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The answers to dead letters, kept between pages: each page reads only those that came since the one before. The first
 * reading continues while pages are answered without it. Memory does not grow with their number, the table is on disk.
 * Thread-safe; close it.
 */
public final class KnownMarks implements AutoCloseable {
    private final Settings settings;
    private final DeadLetterMarks marks;
    private final ReentrantLock lock = new ReentrantLock();
    private final ThreadPoolExecutor thread =
            new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                var reader = new Thread(work, "console-marks");
                reader.setDaemon(true);
                return reader;
            });
    private @Nullable Future<?> reading;
    private boolean closed;

    public KnownMarks(Settings settings) {
        this.settings = settings;
        this.marks = DeadLetterMarks.none(settings);
        thread.allowCoreThreadTimeOut(true);
    }

    /**
     * Does work with the answers of now, one work after the other; empty if they cannot be read in time.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka refuses or does not answer
     */
    <T> Optional<T> with(Duration atMost, Function<DeadLetterMarks, T> work) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        Future<?> readOn = readOn();
        try {
            readOn.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            return Optional.empty();
        } catch (ExecutionException failed) {
            Throwable cause = Objects.requireNonNullElse(failed.getCause(), failed);
            throw cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
        }
        if (!lock.tryLock(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
            return Optional.empty();
        }
        try {
            return Optional.of(work.apply(marks));
        } finally {
            lock.unlock();
        }
    }

    /** One that is under way may have begun before what the page must know, but it ends soon after. */
    private synchronized Future<?> readOn() {
        if (reading == null || reading.isDone()) {
            reading = thread.submit(() -> {
                lock.lock();
                try {
                    if (!closed) {
                        marks.readOn(settings);
                    }
                } finally {
                    lock.unlock();
                }
            });
        }
        return reading;
    }

    @Override
    public void close() {
        thread.shutdownNow();
        lock.lock();
        try {
            closed = true;
            marks.close();
        } finally {
            lock.unlock();
        }
    }
}
