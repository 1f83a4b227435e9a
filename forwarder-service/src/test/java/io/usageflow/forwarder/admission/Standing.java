package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.AdmissionCluster.TOPICS;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;

/**
 * What stands in the topics: committed records only, read from their beginnings. Knows nothing of admission's own
 * counters or stores; the recount of the events is made here anew, from the records alone.
 */
final class Standing {
    /** Of each account: the ids in the deliverable topic, in order. */
    final Map<String, List<String>> deliverable = new LinkedHashMap<>();

    final List<Held> held = new ArrayList<>();

    /** Of each partition: what its ledger entry must say, counted from events, deliverable and dead letters. */
    final Map<Integer, Map<String, Long>> books = new TreeMap<>();

    /** Records of the deliverable topic that went to the wrong partition or customer. */
    final List<String> misdirected = new ArrayList<>();

    private final AdmissionCluster cluster;
    private final Map<String, FirstCopy> firstCopies = new HashMap<>();

    /**
     * A dead letter.
     *
     * @param key of the original record
     * @param mark the event type
     * @param firstOffset where it says that the first copy of an ID_CONFLICT stands
     * @param firstOffsetCounted where the first copy does stand
     */
    record Held(String id, String reason, String key, String mark, String firstOffset, String firstOffsetCounted) {}

    private record FirstCopy(String content, long offset) {}

    private Standing(AdmissionCluster cluster) {
        this.cluster = cluster;
    }

    static Standing in(AdmissionCluster cluster) {
        Standing standing = new Standing(cluster);
        for (int partition = 0; partition < AdmissionCluster.PARTITIONS; partition++) {
            standing.books.put(partition, new TreeMap<>());
        }
        cluster.read(TOPICS.events(), standing::recount);
        cluster.read(TOPICS.deliverable(), standing::admitted);
        cluster.read(TOPICS.deadLetters(), standing::held);
        standing.books.values().forEach(Standing::balance);
        return standing;
    }

    /** In the partition's order, which is the order in which admission reads it. */
    private void recount(ConsumerRecord<byte[], byte[]> record) {
        UsageEvent event;
        try {
            event = cluster.decode(record.topic(), record.value(), UsageEvent.class);
        } catch (SerializationException poison) {
            count(record, "received");
            return;
        }
        if (cluster.home.of(event.getAccountId()) != record.partition()) {
            count(record, "rerouted");
            return;
        }
        count(record, "received");
        FirstCopy copy = new FirstCopy(billable(event), record.offset());
        FirstCopy first = firstCopies.putIfAbsent(event.getAccountId() + '\n' + event.getId(), copy);
        if (first == null) {
            count(record, "parked"); // until it is found in deliverable
        } else if (first.content().equals(copy.content())) {
            count(record, "duplicate");
        }
    }

    private void admitted(ConsumerRecord<byte[], byte[]> record) {
        DeliverableEvent event = cluster.decode(record.topic(), record.value(), DeliverableEvent.class);
        String account = event.getAccountId();
        if (cluster.home.of(account) != record.partition()
                || !event.getCustomer().getValue().equals("cust-" + account)) {
            misdirected.add(event.getEventId() + " of " + account + " to partition " + record.partition()
                    + " and customer " + event.getCustomer().getValue());
        }
        count(record, "admitted");
        books.get(record.partition()).merge("parked", -1L, Long::sum);
        deliverable.computeIfAbsent(account, a -> new ArrayList<>()).add(event.getEventId());
    }

    private void held(ConsumerRecord<byte[], byte[]> record) {
        DeadLetter letter = cluster.decode(record.topic(), record.value(), DeadLetter.class);
        count(record, "dead_lettered");
        count(record, "dead_lettered." + letter.getReason());
        FirstCopy first = firstCopies.get(letter.getAccountId() + '\n' + letter.getEventId());
        held.add(new Held(
                letter.getId(),
                letter.getReason(),
                new String(record.key(), UTF_8),
                letter.getEventType(),
                letter.getAttributes().get("first_offset"),
                first == null ? null : Long.toString(first.offset())));
    }

    private void count(ConsumerRecord<?, ?> record, String counter) {
        books.get(record.partition()).merge(counter, 1L, Long::sum);
    }

    /** The type is all that makes the test's conflicts differ; data and costs beside it, so that nothing is assumed. */
    private static String billable(UsageEvent event) {
        return event.getEventType() + event.getData() + event.getCosts();
    }

    private static void balance(Map<String, Long> counters) {
        counters.values().removeIf(count -> count == 0);
    }
}
