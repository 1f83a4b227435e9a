package io.usageflow.forwarder.reconcile;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Records that could not be read: how many, and where the first ones stand. Not thread-safe. */
final class Unreadable implements OwnRecords.OnUnreadable {
    private static final int NAMED_MAX = 5;

    private final List<String> named = new ArrayList<>();
    private long count;

    @Override
    public void accept(ConsumerRecord<byte[], byte[]> record, String why) {
        count++;
        if (named.size() < NAMED_MAX) {
            named.add(record.topic() + " partition " + record.partition() + " offset " + record.offset() + ": " + why);
        }
    }

    long count() {
        return count;
    }

    List<String> named() {
        return List.copyOf(named);
    }
}
