package io.usageflow.producer;

import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * What a publisher has done since it began, and what it has under way: live, each call answers with the number of that
 * moment. Thread-safe and cheap. Events and links count alike.
 *
 * <p>Everything published is durable, refused or in flight: while nothing is under way, {@link #published} is the sum of
 * {@link #durable} and all of {@link #refused(RefusalReason)}.
 */
public interface PublisherStatistics {
    /** Given to the publisher, what was refused at once included. */
    long published();

    /** Durable: acknowledged by all in-sync replicas, or on local disk where there is a spool. */
    long durable();

    /** Not durable, for this reason. */
    long refused(RefusalReason reason);

    /** Accepted, and neither durable nor refused yet. */
    long inFlight();

    /** For how long the oldest of them has been in flight; zero where none is. Looks at each: not for every event. */
    Duration oldestInFlight();

    /** Heap that those in flight are counted with, in bytes: as encoded, and what an entry takes beside. */
    long inFlightBytes();

    /** Events that look like a repeat of an earlier one under another id (docs/producer.md). */
    long suspectIds();

    /**
     * From now on tells the time from each call of publish until the event was durable, in nanoseconds. On the thread that
     * completes the futures, so it must be quick and must not throw.
     */
    void onDurable(LongConsumer latencyNanos);
}
