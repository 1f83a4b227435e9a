package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.delivery.DeliverySnapshot.Buffered;
import io.usageflow.forwarder.delivery.DeliverySnapshot.DestinationView;
import io.usageflow.forwarder.kafka.KafkaWatch;
import io.usageflow.forwarder.kafka.TopicWatch;
import io.usageflow.forwarder.observe.Progress;
import io.usageflow.forwarder.observe.StageHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/** What the loop shows of itself. Written by the loop's thread; {@link #health} may be asked by any. */
final class LoopView {
    /** For an event to be settled; to it comes the time between two transactions. */
    private static final Duration STALLED_MAX = Duration.ofSeconds(60);

    private final Bell bell;
    private final Destination destination;
    private final SettlementRecords records;
    private final DeliveryMeters meters;
    private final TopicWatch watch;
    private final String deliverable;
    private final DeliveryClock clock;
    private final boolean readOnInOutage;
    private final Duration stalledMax;
    private final Progress progress;

    private volatile long turnedNanos;
    private volatile boolean joined;
    private volatile Optional<String> unreadable = Optional.empty();
    private volatile boolean settling = true;
    /** When no partition's beginning was unknown for the last time. */
    private volatile long beginningNanos;

    LoopView(Bell bell, DeliveryParts parts) {
        this.bell = bell;
        this.destination = parts.destination();
        this.records = parts.records();
        this.meters = parts.meters();
        this.watch = parts.watch();
        this.deliverable = parts.connections().topics().deliverable();
        this.clock = parts.clock();
        this.readOnInOutage = parts.settings().stepAside().outageDeadline().isPresent();
        this.stalledMax = STALLED_MAX.plus(parts.settings().settling().intervalMax());
        this.progress = new Progress(clock.nanos());
        this.turnedNanos = clock.nanos();
        this.beginningNanos = turnedNanos;
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

    /** @param beginning whether it is unknown of a partition where it begins */
    void show(
            Collection<AssignedPartition> partitions,
            int inFlight,
            long lag,
            Optional<String> whyUnreadable,
            boolean beginning) {
        turnedNanos = clock.nanos();
        beginningNanos = beginning ? beginningNanos : turnedNanos;
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
        progress.look(outstanding + lag > 0, meters.totals().settled(), turnedNanos);
        Circuit circuit = destination.circuit();
        meters.show(new DeliverySnapshot(
                new Buffered(outstanding, bytes, held, inFlight, age, lag, retentionLeft),
                new DestinationView(
                        destination.limit(),
                        circuit.state(),
                        circuit.cause(),
                        circuit.cause().isPresent()
                                ? circuit.detail()
                                : destination.customers().lastCause(),
                        destination.customers().customers(),
                        destination.customers().blockedCustomers(),
                        destination.surge().holding()),
                meters.totals()));
    }

    StageHealth health(KafkaWatch.View kafka) {
        long now = clock.nanos();
        return new DeliveryHealth(
                        Duration.ofNanos(now - turnedNanos),
                        joined,
                        Duration.ofNanos(now - beginningNanos),
                        unreadable,
                        settling,
                        progress.stalled(now),
                        stalledMax,
                        kafka,
                        meters.snapshot())
                .judged()
                .and(meters.losses());
    }
}
