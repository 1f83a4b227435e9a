package io.usageflow.forwarder.kafka.recovery;

import java.time.Duration;

/**
 * What a process knows, without asking Kafka, of the end of a transaction that Kafka calls complete. Pure; decision 7
 * has the proof.
 *
 * @param committed or aborted
 * @param open from the first write of the transaction until Kafka called it complete
 * @param lostConnection whether the producer lost one since a transaction's end was last looked at
 */
record TransactionEnd(boolean committed, Duration open, boolean lostConnection) {
    /**
     * The partitions of a broker that falls silent have no leader only after {@code broker.session.timeout.ms} (9 s), of
     * which a heartbeat's interval (2 s) may have passed before the last write.
     */
    static final Duration SLOW = Duration.ofSeconds(2);

    /** Whether some partition may have had no leader when its marker was to be written. */
    boolean mayLackMarkers() {
        return !committed || lostConnection || open.compareTo(SLOW) > 0;
    }
}
