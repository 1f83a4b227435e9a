package io.usageflow.forwarder.admission.dedup;

import io.usageflow.schema.UsageEvent;
import java.util.Optional;
import java.util.UUID;

/**
 * An event that is to be admitted or parked.
 *
 * @param id as Credyt will see it
 * @param memory to be stored in the transaction that hands the event on; empty where the id is stored already, as that of
 *     most replays is
 */
public record NewEvent(UsageEvent event, UUID id, Optional<DedupResult.FirstRecord> memory) {}
