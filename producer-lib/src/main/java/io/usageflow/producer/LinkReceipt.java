package io.usageflow.producer;

import java.time.Instant;

/**
 * Proof that a link, or its removal, is durable: every in-sync replica has it, or, with {@code spool.dir}, this
 * machine's disk.
 *
 * @param key the account or the vendor
 * @param topic that has it, or will have it
 * @param partition the key's; -1 in the spool, because only Kafka assigns it
 * @param offset of the record; -1 in the spool, and in the rare case that the broker already had it from an attempt
 *     whose response was lost
 * @param timestamp the broker's append time, or the client's time where the topic keeps that; in the spool, this
 *     machine's
 */
public record LinkReceipt(String key, String topic, int partition, long offset, Instant timestamp) {
    /** Whether it is on this machine's disk, and goes to Kafka from there. */
    public boolean isSpooled() {
        return partition < 0;
    }
}
