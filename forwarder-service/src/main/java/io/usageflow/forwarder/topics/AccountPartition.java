package io.usageflow.forwarder.topics;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.utils.Utils;

/** The partition an account lives in, in every topic that shares its partitioning: murmur2 of the key. Pure. */
public final class AccountPartition {
    private AccountPartition() {}

    /** The partition of an account among {@code partitions}, at least 1. */
    public static int of(String account, int partitions) {
        return of(account.getBytes(UTF_8), partitions);
    }

    /** The partition of a key among {@code partitions}, at least 1. */
    public static int of(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }
}
