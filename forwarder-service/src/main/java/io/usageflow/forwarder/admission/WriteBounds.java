package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.forwarder.config.RecordBounds;

/**
 * How large the records may be that admission writes.
 *
 * @param records bounds of the records that are read; a dead letter keeps no more of its original
 * @param reroutedBytesMax the smallest {@code max.message.bytes} of the topics of events, replays and customer links
 */
record WriteBounds(RecordBounds records, int reroutedBytesMax) {
    static WriteBounds of(AdmissionSettings settings, int reroutedBytesMax) {
        return new WriteBounds(RecordBounds.of(settings.guard().eventBytesMax()), reroutedBytesMax);
    }
}
