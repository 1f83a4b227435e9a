package io.usageflow.forwarder.delivery.intake;

import io.usageflow.forwarder.kafka.LogId;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** A topic became another log while it was read: to be followed by a session that begins at its earliest record. */
public final class LogReplacedException extends KafkaException {
    private static final long serialVersionUID = 1L;

    LogReplacedException(TopicPartition partition, LogId before, LogId now) {
        super(partition.topic() + " was deleted and created again: its id was " + before.text() + " and is "
                + now.text());
    }
}
