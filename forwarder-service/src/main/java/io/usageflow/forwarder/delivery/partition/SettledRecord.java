package io.usageflow.forwarder.delivery.partition;

import org.jspecify.annotations.Nullable;

/**
 * What a settled record leaves behind until its transaction: a receipt or a dead letter, encoded. Compact, since many
 * may have to wait for one older record.
 *
 * @param key of the record that will be written, null where the deliverable record had none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SettledRecord(SettlementResult result, byte @Nullable [] key, byte[] value) {
    /** Rough size on the heap. */
    int bytes() {
        return value.length + (key == null ? 0 : key.length) + 96;
    }
}
