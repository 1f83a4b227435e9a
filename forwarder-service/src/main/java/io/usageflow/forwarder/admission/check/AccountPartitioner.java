package io.usageflow.forwarder.admission.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.utils.Utils;

/**
 * Finds the partition of an account: murmur2 of the key, as in Kafka's Java client ({@code
 * BuiltInPartitioner.partitionForKey}). Clients in other languages often hash differently. Immutable.
 *
 * @param partitions of the events topic and of all topics that share its partitioning
 */
public record AccountPartitioner(int partitions) {
    public AccountPartitioner {
        if (partitions < 1) {
            throw new IllegalArgumentException("partitions is " + partitions + ": use at least 1");
        }
    }

    public int of(String account) {
        return of(account.getBytes(UTF_8));
    }

    public int of(byte[] key) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }
}
