package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.delivery.DeliverySnapshot.Buffered;
import io.usageflow.forwarder.delivery.DeliverySnapshot.DestinationView;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.forwarder.topics.TopicWatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/** What the loop shows of itself. Written by the loop's thread; {@link #health} may be asked by any. */
final class LoopView {
    /** Longer than any single step may take: the longest is a poll in which a rebalance waits for requests in flight. */
    private static final Duration HUNG_AFTER = Duration.ofMinutes(6);

    private final Bell bell;
    private final Destination destination;
    private final SettlementRecords records;
    private final DeliveryMeters meters;
    private final TopicWatch watch;
    private final String deliverable;
    private final DeliveryClock clock;
    private final boolean readOnInOutage;

    private volatile long turnedNanos;
    private volatile boolean joined;
    private volatile Optional<String> unreadable = Optional.empty();
    private volatile boolean settling = true;

    LoopView(Bell bell, DeliveryParts parts) {
        this.bell = bell;
        this.destination = parts.destination();
        this.records = parts.records();
        this.meters = parts.meters();
        this.watch = parts.watch();
        this.deliverable = parts.connections().topics().deliverable();
        this.clock = parts.clock();
        this.readOnInOutage = parts.settings().stepAside().outageDeadline().isPresent();
        this.turnedNanos = clock.nanos();
    }

    Bell bell() {
        return bell;
    }

    long nanos() {
        return clock.nanos();
    }

    Instant now() {
        return clock.now();
    }

    /** Whether to read on: also in an outage where what waits too long steps aside. */
    boolean reading() {
        return readOnInOutage || destination.isWell();
    }

    Settled undeliverable(DeliverableReader.Broken broken) {
        Settled settled = records.undeliverable(broken.draft());
        meters.settled(settled.verdict());
        return settled;
    }

    void joined() {
        joined = true;
    }

    void settled(Settlement.Ended ended, int events) {
        settling = ended.committed();
        meters.settlement(ended.committed(), events, ended.took());
    }

    void show(Collection<AssignedPartition> partitions, int inFlight, long lag, Optional<String> whyUnreadable) {
        turnedNanos = clock.nanos();
        unreadable = whyUnreadable;
        int outstanding = 0;
        long bytes = 0;
        int held = 0;
        long oldest = Long.MAX_VALUE;
        for (AssignedPartition partition : partitions) {
            outstanding += partition.ledger().outstanding();
            bytes += partition.outstandingBytes();
            held += partition.ledger().held();
            oldest = Math.min(oldest, partition.oldestWrittenAt().orElse(Long.MAX_VALUE));
        }
        Duration age = oldest == Long.MAX_VALUE
                ? Duration.ZERO
                : Duration.ofMillis(Math.max(0, clock.now().toEpochMilli() - oldest));
        Optional<Duration> retentionLeft = oldest == Long.MAX_VALUE
                ? Optional.empty()
                : watch.retention(deliverable).map(kept -> kept.minus(age));
        Circuit circuit = destination.circuit();
        meters.show(new DeliverySnapshot(
                new Buffered(outstanding, bytes, held, inFlight, age, lag, retentionLeft),
                new DestinationView(
                        destination.limit(),
                        circuit.state(),
                        circuit.cause(),
                        circuit.detail(),
                        destination.customers().customers(),
                        destination.customers().blockedCustomers(),
                        destination.surge().holding()),
                meters.totals()));
    }

    StageHealth health() {
        Duration since = Duration.ofNanos(clock.nanos() - turnedNanos);
        if (since.compareTo(HUNG_AFTER) > 0) {
            return StageHealth.dead("the delivery loop has not turned for " + since.toSeconds() + " s");
        }
        DeliverySnapshot now = meters.snapshot();
        if (!joined) {
            return StageHealth.waiting("joining the consumer group");
        }
        if (now.destination().cause().isPresent()) {
            return StageHealth.waiting("nothing is sent: "
                    + now.destination().cause().get().meaning() + " ("
                    + now.destination().detail() + "); "
                    + now.buffered().outstanding() + " events wait here, the others in Kafka");
        }
        Optional<String> why = unreadable;
        if (why.isPresent()) {
            return StageHealth.waiting(
                    "the schema registry is away or has lost a schema; the next records cannot be read without it: "
                            + why.get());
        }
        if (!settling) {
            return StageHealth.waiting("the last transaction of receipts and offsets was aborted; it is tried again");
        }
        if (now.destination().surge()) {
            return StageHealth.waiting("more events want to become dead letters than Credyt accepts and"
                    + " delivery.surge.max.dead.letters allows; they wait and are tried again: see the answers in the dead"
                    + " letters, and the log (event=surge)");
        }
        int failing = now.destination().failingCustomers();
        int blocked = now.destination().blockedCustomers();
        return StageHealth.flowing(now.buffered().inFlight() + " requests in flight, "
                + now.buffered().outstanding() + " events outstanding"
                + (failing == 0 ? "" : ", " + failing + " customers failing")
                + (blocked == 0 ? "" : ", " + blocked + " of them blocked")
                + meters.losses());
    }
}
