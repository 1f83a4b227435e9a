package io.usageflow.schema.id;

import java.util.Optional;
import java.util.UUID;

/**
 * The ids that Credyt sees. Pure: the same event has the same ids in every retry, restart and replay, which is what
 * makes Credyt ignore the second copy.
 */
public final class CredytIds {
    private static final UUID EVENTS = UUID.fromString("8b5ad63e-1f3c-5d41-9a55-0f2f7e1f4c10");
    private static final UUID COSTS = UUID.fromString("c1a7f0d2-6a0e-5b7b-8f0a-9b8f5d2e7a21");

    private CredytIds() {}

    /**
     * The event's id where that is a UUID, otherwise a UUIDv5 of account and id: two accounts that both use
     * {@code req-1} must not shadow each other at Credyt, where ids are the only key.
     */
    public static UUID ofEvent(String accountId, String eventId) {
        return Uuids.parse(eventId).orElseGet(() -> Uuids.v5(EVENTS, accountId, eventId));
    }

    /**
     * The cost's id where that is a UUID, otherwise a UUIDv5 of the event's Credyt id and the given cost id, or, where
     * there is none, the cost's position.
     *
     * @param costId what the producer gave, or empty
     * @param position of the cost in its event, from 0
     */
    public static UUID ofCost(UUID credytEventId, Optional<String> costId, int position) {
        return costId.flatMap(Uuids::parse)
                .orElseGet(() -> costId.map(id -> Uuids.v5(COSTS, credytEventId.toString(), "id", id))
                        .orElseGet(() -> Uuids.v5(COSTS, credytEventId.toString(), "at", Integer.toString(position))));
    }
}
