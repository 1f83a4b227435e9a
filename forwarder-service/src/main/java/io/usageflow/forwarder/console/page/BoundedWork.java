package io.usageflow.forwarder.console.page;

import io.usageflow.forwarder.kafka.KafkaClients;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;

/** Work for a page that may take longer than a browser waits. Bounded in time and threads. Thread-safe; close it. */
public final class BoundedWork implements AutoCloseable {
    /** Two pages read at once; two more threads may be ending what took too long. */
    private static final int THREADS_MAX = 4;

    private final ExecutorService threads =
            new ThreadPoolExecutor(0, THREADS_MAX, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                var thread = new Thread(work, "console");
                thread.setDaemon(true);
                return thread;
            });

    /**
     * The result of work.
     *
     * @param value empty if there is none
     * @param problem one sentence that says why; empty if all is there
     */
    public record Result<T>(Optional<T> value, Optional<String> problem) {
        private static <T> Result<T> failed(String why) {
            return new Result<>(Optional.empty(), Optional.of(why));
        }
    }

    /** Reads for a page, and is interrupted after the time. Failures that say why become the problem. */
    public <T> Result<T> within(Duration atMost, Callable<T> work) {
        return within(
                atMost,
                "The scan was not complete after " + atMost.toSeconds()
                        + " s, so nothing of what it found is shown. Narrow it, or use the command below.",
                work);
    }

    /**
     * Does the work, and interrupts it after the time. Failures that say why become the problem.
     *
     * @param late the problem after the time
     */
    public <T> Result<T> within(Duration atMost, String late, Callable<T> work) {
        Future<T> running;
        try {
            running = threads.submit(work);
        } catch (RejectedExecutionException busy) {
            return Result.failed("Others search now: try again in a while.");
        }
        try {
            return new Result<>(Optional.of(running.get(atMost.toMillis(), TimeUnit.MILLISECONDS)), Optional.empty());
        } catch (TimeoutException over) {
            running.cancel(true);
            return Result.failed(late);
        } catch (InterruptedException stopped) {
            running.cancel(true);
            Thread.currentThread().interrupt();
            return Result.failed("The forwarder stops.");
        } catch (ExecutionException failed) {
            Throwable cause = Objects.requireNonNullElse(failed.getCause(), failed);
            if (cause instanceof Error fault) {
                throw fault;
            }
            return Result.failed(
                    cause instanceof KafkaException refused
                            ? "Kafka: "
                                    + KafkaClients.naming(AclOperation.READ, refused)
                                            .getMessage()
                            : String.valueOf(cause.getMessage()));
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
