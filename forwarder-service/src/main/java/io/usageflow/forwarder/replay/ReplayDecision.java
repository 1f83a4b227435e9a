package io.usageflow.forwarder.replay;

import io.usageflow.schema.Fix;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** What is to become of a dead letter. Sealed: it is answered, or left as it is. */
sealed interface ReplayDecision {

    /**
     * The dead letter is answered.
     *
     * @param record what goes through the pipeline again; empty for a discard
     * @param fixes with old and new values, for the mark
     */
    record Answer(Optional<ReplayedRecord> record, List<Fix> fixes, Set<ReplayWarning> warnings)
            implements ReplayDecision {}

    record Skip(SkipReason skipReason, String detail) implements ReplayDecision {}

    /** A record of the replays' topic. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record ReplayedRecord(int partition, byte @Nullable [] key, byte[] value, List<Header> headers) {}

    default <R> R match(Function<Answer, R> onAnswer, Function<Skip, R> onSkip) {
        return this instanceof Answer answer ? onAnswer.apply(answer) : onSkip.apply((Skip) this);
    }
}
