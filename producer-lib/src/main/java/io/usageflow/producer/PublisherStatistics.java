package io.usageflow.producer;

import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * A publisher's results since it was created, and its records in flight. Live: each call returns the current number.
 * Thread-safe and cheap. Counts events and links.
 *
 * <p>Everything published is durable, refused or in flight: while nothing is in flight, {@link #published} is the sum
 * of {@link #durable} and of all {@link #refused(RefusalReason)}.
 */
public interface PublisherStatistics {
    /** Given to the publisher, including those refused at once. */
    long published();

    /** Durable: acknowledged by all in-sync replicas, or on local disk where there is a spool. */
    long durable();

    /** Not durable, for this reason. */
    long refused(RefusalReason reason);

    /** Accepted, and neither durable nor refused yet. */
    long inFlight();

    /**
     * How long the oldest of them has been in flight; zero if there is none. Checks each: do not call it for every
     * event.
     */
    Duration oldestInFlight();

    /** Approximate heap of those in flight, in bytes: their encoded size and the overhead per entry. */
    long inFlightBytes();

    /** Events that look like a repetition of an earlier one under another id (docs/producer.md). */
    long suspectIds();

    /**
     * Adds a listener for the time from each call of publish until the event is durable, in nanoseconds. Called on the
     * thread that completes the futures: it must be fast and must not throw.
     */
    void onDurable(LongConsumer latencyNanos);
}
