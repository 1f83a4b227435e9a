package io.usageflow.forwarder.deadletter;

import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.id.Uuids;
import java.util.UUID;

/**
 * Stable ids of dead letters: the same source record always gives the same id, however often it fails.
 *
 * <p>A record is named by its place in a log, and a log by Kafka's id of the topic: in a topic that was made again,
 * the same offset is another record, and an answer to the old one's dead letter is none to the new one's. Of a record
 * whose topic's id is unknown, as earlier versions wrote them, the id is what it always was.
 */
public final class DeadLetterIds {
    private static final UUID NAMESPACE = UUID.fromString("5f2f4d0e-0b4c-5b0b-9f6d-2f1c8a7e6d35");

    private DeadLetterIds() {}

    public static String of(SourceCoordinates source) {
        String topic = source.getTopic();
        String partition = Integer.toString(source.getPartition());
        String offset = Long.toString(source.getOffset());
        return (source.getTopicId() == null
                        ? Uuids.v5(NAMESPACE, topic, partition, offset)
                        : Uuids.v5(NAMESPACE, topic, partition, offset, source.getTopicId()))
                .toString();
    }
}
