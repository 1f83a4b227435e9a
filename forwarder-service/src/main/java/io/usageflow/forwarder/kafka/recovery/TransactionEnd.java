package io.usageflow.forwarder.kafka.recovery;

import java.time.Duration;
import java.util.Set;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;

/**
 * A transaction that Kafka calls complete: how it ended, and the partitions that this process wrote in it. Pure;
 * decision 7 has the proofs.
 */
record TransactionEnd(TransactionDescription how, Set<TopicPartition> partitions) {
    /**
     * The partitions of a broker that falls silent have no leader only after {@code broker.session.timeout.ms} (9 s),
     * of which a heartbeat's interval (2 s) may have passed before the last write.
     */
    static final Duration SLOW = Duration.ofSeconds(2);

    /**
     * Whether some partition may have had no leader when its marker was to be written.
     *
     * @param open from the first write of the transaction until Kafka called it complete
     * @param lostConnection whether the producer lost a connection since the last look at a transaction's end
     */
    static boolean mayLackMarkers(boolean committed, Duration open, boolean lostConnection) {
        return !committed || lostConnection || open.compareTo(SLOW) > 0;
    }

    boolean committed() {
        return how.state() == TransactionState.PREPARE_COMMIT || how.state() == TransactionState.COMPLETE_COMMIT;
    }

    /** Whether the open records on the partition belong to this transaction, and not to the one after it. */
    boolean has(TopicPartition partition, ProducerState state, TransactionEnd next) {
        if (!partitions.contains(partition)) {
            return false;
        }
        // Epochs begin again with a new producer id, which a producer gets when they are used up.
        int newer = state.producerId() == how.producerId()
                ? Integer.compare(state.producerEpoch(), how.producerEpoch())
                : Integer.compare(how.producerEpoch(), state.producerEpoch());
        return newer < 0 || (newer == 0 && !next.partitions().contains(partition));
    }
}
