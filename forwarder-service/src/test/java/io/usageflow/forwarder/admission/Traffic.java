package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.AdmissionCluster.PARTITIONS;
import static io.usageflow.forwarder.admission.AdmissionCluster.TOPICS;

import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.Uuids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Publishes what producers publish, the careless ones too, and keeps account of it in {@link Published}. For one thread.
 */
final class Traffic {
    /** Of all events that name no other. */
    static final String VENDOR = "openai";

    private final AdmissionCluster cluster;
    private final Published published;
    private final Random random;
    private final List<Sent> sent = new ArrayList<>();
    private int made;

    /**
     * A distinct event, as it was first published.
     *
     * @param stray whether its account publishes to any partition
     */
    record Sent(String account, String id, byte[] value, boolean stray) {}

    Traffic(AdmissionCluster cluster, Published published, Random random) {
        this.cluster = cluster;
        this.published = published;
        this.random = random;
    }

    /** A new event, in its account's partition. */
    Sent event(String account) {
        return event(account, VENDOR);
    }

    Sent event(String account, String vendor) {
        return first(account, vendor, false);
    }

    /** A new event of a client that hashes otherwise. */
    Sent strayEvent(String account) {
        return first(account, VENDOR, true);
    }

    /** The very same bytes again. */
    void repeat(Sent event) {
        published.repeat();
        publish(event, event.value());
    }

    /** An honest retry that was made anew: same id and billable content, another time and description. */
    void retell(Sent event) {
        UsageEvent again = cluster.decode(TOPICS.events(), event.value(), UsageEvent.class);
        again.setOccurredAt(Instant.now());
        again.setDescription("told again");
        published.repeat();
        publish(event, cluster.encode(TOPICS.events(), again));
    }

    /** The same id with other billable content. Not for strays: of two copies under way either may come first. */
    void conflict(Sent event) {
        UsageEvent changed = cluster.decode(TOPICS.events(), event.value(), UsageEvent.class);
        String mark = "changed-" + made++;
        changed.setEventType(mark);
        published.conflict(mark);
        publish(event, cluster.encode(TOPICS.events(), changed));
    }

    /** Bytes that are no event: of another format, or cut off. */
    void poison() {
        String key = "poison-" + made++;
        byte[] bytes = {9, 9, 9};
        if (random.nextBoolean() && !sent.isEmpty()) {
            byte[] whole = any().value();
            bytes = Arrays.copyOf(whole, whole.length / 2);
        }
        published.poison(key);
        cluster.publishRaw(random.nextInt(PARTITIONS), key, bytes);
    }

    void link(String account) {
        published.linked(account);
        cluster.link(account);
    }

    /** One of all distinct events published so far. */
    Sent any() {
        return sent.get(random.nextInt(sent.size()));
    }

    List<Sent> sent() {
        return sent;
    }

    private Sent first(String account, String vendor, boolean stray) {
        String id = made++ % 3 == 0 ? Uuids.v7(Instant.now()).toString() : "req-" + made;
        UsageEvent event = Events.event(id, account);
        event.setOccurredAt(Instant.now());
        event.setCosts(new ArrayList<>(List.of(Events.cost(vendor, "0.0161"))));
        Sent first = new Sent(account, id, cluster.encode(TOPICS.events(), event), stray);
        published.first(account, id);
        sent.add(first);
        publish(first, first.value());
        return first;
    }

    private void publish(Sent event, byte[] value) {
        int home = cluster.home.of(event.account());
        int partition = event.stray() ? random.nextInt(PARTITIONS) : home;
        if (partition != home) {
            published.misplaced(event.account());
        }
        cluster.publishRaw(partition, event.account(), value);
    }
}
