package io.usageflow.forwarder.publish;

import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.PublishReceipt;
import io.usageflow.producer.UsagePublisher;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes all events of a source and waits until each is durable or known not to be. At most {@value #IN_FLIGHT_MAX}
 * are on their way at once, so that memory stays bounded however long the input is. For one run.
 */
public final class PublishRun {
    private static final int IN_FLIGHT_MAX = 10_000;
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final UsagePublisher publisher;
    private final BiConsumer<Long, String> problems;
    private final Semaphore room = new Semaphore(IN_FLIGHT_MAX);
    private final AtomicLong durable = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private long bad;

    /** @param problems takes the line's number and what is wrong; called by any thread, one at a time */
    public PublishRun(UsagePublisher publisher, BiConsumer<Long, String> problems) {
        this.publisher = publisher;
        this.problems = problems;
    }

    /**
     * @param durable events that all in-sync replicas have
     * @param bad lines that are no events; nothing was sent of them
     * @param failed events that are not known to be durable; sending them again with the same ids is safe
     */
    public record Counts(long durable, long bad, long failed) {
        public boolean complete() {
            return bad == 0 && failed == 0;
        }
    }

    /** @throws IOException if the input fails; what was read before it has been published */
    public Counts of(LineSource source) throws IOException, InterruptedException {
        try {
            for (Optional<ParsedLine> line = source.next(); line.isPresent(); line = source.next()) {
                room.acquire();
                CompletableFuture<?> done = line.get().match(this::publish, this::refuse);
                done.whenComplete((ignored, failure) -> room.release());
            }
        } finally {
            awaitAll();
        }
        return new Counts(durable.get(), bad, failed.get());
    }

    private CompletableFuture<?> publish(ParsedLine.Event line) {
        try {
            return publisher.publish(line.event()).whenComplete((receipt, failure) -> settled(line, receipt, failure));
        } catch (InvalidUsageEventException invalid) {
            return refuse(new ParsedLine.Bad(line.number(), String.valueOf(invalid.getMessage())));
        }
    }

    private CompletableFuture<?> refuse(ParsedLine.Bad line) {
        bad++;
        report(line.number(), line.problem());
        return CompletableFuture.completedFuture(line);
    }

    private void settled(ParsedLine.Event line, @Nullable PublishReceipt receipt, @Nullable Throwable failure) {
        if (failure == null) {
            durable.incrementAndGet();
            return;
        }
        failed.incrementAndGet();
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        report(line.number(), String.valueOf(cause.getMessage()));
    }

    private synchronized void report(long number, String problem) {
        problems.accept(number, problem);
    }

    /** The publisher fails what is not acknowledged in its own time; the permits are back when all are settled. */
    private void awaitAll() throws InterruptedException {
        while (!room.tryAcquire(IN_FLIGHT_MAX)) {
            publisher.flush(GRACE);
            if (room.tryAcquire(IN_FLIGHT_MAX, GRACE.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }
}
