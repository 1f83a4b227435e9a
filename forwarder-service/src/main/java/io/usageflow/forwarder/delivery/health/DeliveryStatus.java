package io.usageflow.forwarder.delivery.health;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.health.DeliverySnapshot.Buffered;
import io.usageflow.forwarder.delivery.health.DeliverySnapshot.DestinationView;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.kafka.KafkaWatch;
import io.usageflow.forwarder.kafka.TopicWatch;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.forwarder.observe.StallTimer;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/** Tracks delivery's progress for health and meters. Written by the loop's thread; {@link #health} is thread-safe. */
public final class DeliveryStatus {
    /** Maximum time without a settled event, plus the interval of transactions. */
    private static final Duration STALLED_MAX = Duration.ofSeconds(60);

    private final DestinationHealth destination;
    private final FundsHolds funds;
    private final DeliveryMeters meters;
    private final TopicWatch watch;
    private final String deliverable;
    private final DeliveryClock clock;
    private final Duration stalledMax;
    private final StallTimer progress;

    private volatile long roundNanos;
    private volatile boolean joined;
    private volatile Optional<String> unreadable = Optional.empty();
    private volatile boolean settling = true;
    /** When the start offsets of all partitions were last known. */
    private volatile long beginningNanos;

    /** Creates the status; {@code settleIntervalMax} is the longest time between two transactions. */
    public DeliveryStatus(
            DestinationHealth destination,
            FundsHolds funds,
            DeliveryMeters meters,
            TopicWatch watch,
            String deliverable,
            Duration settleIntervalMax,
            DeliveryClock clock) {
        this.destination = destination;
        this.funds = funds;
        this.meters = meters;
        this.watch = watch;
        this.deliverable = deliverable;
        this.clock = clock;
        this.stalledMax = STALLED_MAX.plus(settleIntervalMax);
        this.progress = new StallTimer(clock.nanos());
        this.roundNanos = clock.nanos();
        this.beginningNanos = roundNanos;
    }

    public void joined() {
        joined = true;
    }

    /** A transaction ended. */
    public void transactionEnded(boolean committed, int events, Duration took) {
        settling = committed;
        meters.settlement(committed, events, took);
    }

    /** Publishes a snapshot; {@code beginning} tells whether some partition's start offset is unknown. */
    public void show(
            Collection<AssignedPartition> partitions,
            int inFlight,
            long lag,
            Optional<String> whyUnreadable,
            boolean beginning) {
        roundNanos = clock.nanos();
        beginningNanos = beginning ? beginningNanos : roundNanos;
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
        progress.look(outstanding + lag > 0, meters.totals().settled(), roundNanos);
        Circuit circuit = destination.circuit();
        Optional<OutageCause> obstacle =
                outstanding + lag == 0 ? circuit.causeWhereNothingWaits(roundNanos) : circuit.cause();
        meters.show(new DeliverySnapshot(
                new Buffered(outstanding, bytes, held, inFlight, age, lag, retentionLeft),
                new DestinationView(
                        destination.limit(),
                        circuit.state(),
                        obstacle,
                        obstacle.isPresent()
                                ? circuit.detail()
                                : destination.customers().lastCause(),
                        destination.customers().customers(),
                        destination.customers().blockedCustomers(),
                        destination.surge().holding(),
                        funds.view()),
                meters.totals()));
    }

    public StageHealth health(KafkaWatch.View kafka) {
        long now = clock.nanos();
        return new DeliveryHealth(
                        Duration.ofNanos(now - roundNanos),
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
