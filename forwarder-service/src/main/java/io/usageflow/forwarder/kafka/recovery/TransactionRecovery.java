package io.usageflow.forwarder.kafka.recovery;

import java.util.Optional;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;

/** How a producer gets its transactional id, and makes sure that what is over has ended. Used by one thread at a time. */
public interface TransactionRecovery extends AutoCloseable {
    /**
     * Ends what an earlier process of the same id left open, and keeps that process from writing.
     *
     * @throws KafkaException where Kafka does not answer; with a new producer it may be tried again
     */
    void takeOver(Producer<?, ?> producer);

    /**
     * After the producer has committed or aborted a transaction and before it begins the next: that one's end must not
     * become this one's.
     *
     * @throws KafkaException where Kafka does not answer; to be followed by a new producer
     */
    void afterEnd();

    /** What may go wrong for want of rights, in a sentence with the remedy. May be asked by any thread. */
    default Optional<String> risk() {
        return Optional.empty();
    }

    /** Gives connections up; a later use makes them again. */
    @Override
    void close();
}
