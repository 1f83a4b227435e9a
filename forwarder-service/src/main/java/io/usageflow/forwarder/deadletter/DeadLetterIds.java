package io.usageflow.forwarder.deadletter;

import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.id.Uuids;
import java.util.UUID;

/** Stable ids of dead letters: the same source record always gives the same id, however often it fails. */
public final class DeadLetterIds {
    private static final UUID NAMESPACE = UUID.fromString("5f2f4d0e-0b4c-5b0b-9f6d-2f1c8a7e6d35");

    private DeadLetterIds() {}

    public static String of(SourceCoordinates source) {
        return Uuids.v5(
                        NAMESPACE,
                        source.getTopic(),
                        Integer.toString(source.getPartition()),
                        Long.toString(source.getOffset()))
                .toString();
    }
}
