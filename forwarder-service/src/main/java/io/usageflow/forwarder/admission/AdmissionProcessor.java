package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.deadletter.Origin;
import io.usageflow.forwarder.kafka.RecordCutter;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * The one processor of a partition: events, replays and customer links come in, and time passes. One and not three,
 * because they share what is remembered, and a task runs in one thread. All that is decided is decided elsewhere.
 *
 * <p>Time-based work uses the wall clock, so that it also happens when traffic is low.
 */
final class AdmissionProcessor implements Processor<byte[], byte[], byte[], Outgoing> {
    /** Between steps of letting parked events go. */
    static final Duration RELEASE_EVERY = Duration.ofMillis(10);
    /** Between looks for new vendor links, where events wait. */
    static final Duration VENDORS_EVERY = Duration.ofMillis(100);
    /** Between steps of forgetting ids, and looks for parked events whose time is up. */
    static final Duration UPKEEP_EVERY = Duration.ofSeconds(5);

    /** Bound of one step: some 20 ms; at 5 s that is more than a partition can take in. */
    private static final int FORGET_LOOKS_MAX = 200_000;

    private final AdmissionParts parts;
    private final Topics topics;
    private ProcessorContext<byte[], Outgoing> context;
    private AdmissionTask task;
    private CommitPace pace;
    private Alarm release;
    private Alarm ledger;
    /** The highest append time met; at the epoch, when nothing can be old, until a record has come. */
    private long appendTime;

    private long vendorLinksVersion;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else
    AdmissionProcessor(AdmissionParts parts) {
        this.parts = parts;
        this.topics = parts.topics();
    }

    @Override
    public void init(ProcessorContext<byte[], Outgoing> processorContext) {
        this.context = processorContext;
        this.task = AdmissionTask.open(parts, context);
        this.pace = new CommitPace(context, parts.settings().engine().commitInterval());
        this.release = new Alarm(context, this::release);
        this.ledger = new Alarm(context, now -> publishLedger());
        this.vendorLinksVersion = parts.vendorLinksVersion().current();
        BeforeCommit beforeCommit = context.getStateStore(AdmissionTopology.BEFORE_COMMIT);
        beforeCommit.run(this::beforeCommit);
        context.schedule(UPKEEP_EVERY, PunctuationType.WALL_CLOCK_TIME, this::upkeep);
        // Whatever a predecessor did not come to publish or to let go.
        ledger.in(parts.settings().engine().ledgerInterval());
        awaitRelease();
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata at = context.recordMetadata()
                .orElseThrow(
                        () -> new IllegalStateException("Streams gives every record of a source topic its metadata"));
        BufferedBytes.ofThisThread()
                .processed(at.topic(), at.partition(), record.key(), record.value(), record.headers());
        Instant now = parts.watching().waiting().now(context.currentSystemTimeMs());
        if (at.topic().equals(topics.customerLinks())) {
            task.links().take(record, at);
            task.release().step(now);
        } else {
            admit(record, at, now);
        }
        task.state().positions().read(at.topic(), at.offset());
        pace.handled();
        ledger.in(parts.settings().engine().ledgerInterval());
        awaitRelease();
    }

    @Override
    public void close() {
        if (task != null) {
            task.close(parts.meters(), context.taskId().partition());
        }
    }

    private void admit(Record<byte[], byte[]> record, RecordMetadata at, Instant now) {
        appendTime = Math.max(appendTime, record.timestamp());
        parts.watching().waiting().stamped(record.timestamp());
        Lane lane = at.topic().equals(topics.replays()) ? Lane.REPLAYS : Lane.EVENTS;
        Origin origin = new Origin(
                        new SourceCoordinates(
                                at.topic(),
                                at.partition(),
                                at.offset(),
                                Instant.ofEpochMilli(record.timestamp()),
                                task.state().positions().of(at.topic()).log().topicOrNull()),
                        record.key(),
                        record.value(),
                        record.headers(),
                        RecordCutter.takeReference(record.headers()))
                .within(parts.writes().records());
        task.flow().carryOut(task.judge().judge(origin, lane, now), origin, lane, now);
    }

    /** In every transaction's last moment, also that of a processor that was closed. */
    private void beforeCommit() {
        pace.committing();
        task.state().write();
    }

    private void awaitRelease() {
        if (task.release().isUnderWay()) {
            release.in(RELEASE_EVERY);
        } else if (task.release().awaitsVendors()) {
            release.in(VENDORS_EVERY);
        }
    }

    private void release(long now) {
        long version = parts.vendorLinksVersion().current();
        if (version != vendorLinksVersion) {
            vendorLinksVersion = version;
            task.release().vendorLinksChanged();
        }
        if (task.release().isUnderWay()) {
            task.release().step(parts.watching().waiting().now(now));
            pace.handled();
            ledger.in(parts.settings().engine().ledgerInterval());
        }
        awaitRelease();
    }

    private void upkeep(long now) {
        task.state().positions().requireSameLogs();
        SeenEvents seen = task.state().seen();
        AdmissionMeters meters = parts.meters();
        int partition = context.taskId().partition();
        // Both clocks must agree that it is late: one broker with a wrong clock must not empty the memory.
        meters.count(seen.forget(Math.min(appendTime, now), FORGET_LOOKS_MAX));
        meters.remembered(
                partition,
                new AdmissionMeters.Remembered(
                        seen.count(), seen.heapBytes(), task.ages().effectiveWindowMs(now, seen.forgottenMark())));
        task.state().positions().countExpired();
        if (task.state().ledger().needsPublishing()) {
            // What expired unread has no record after which the ledger would be published.
            ledger.in(parts.settings().engine().ledgerInterval());
        }
        task.vendors().forgetUnreadable();
        meters.parked(
                partition,
                task.state().parked().count(),
                task.release().look(parts.watching().waiting().now(now)));
        awaitRelease();
    }

    private void publishLedger() {
        AdmissionLedger counters = task.state().ledger();
        task.state().positions().countExpired();
        if (counters.needsPublishing()) {
            task.outlet()
                    .publishLedger(counters.publish(), task.state().positions().logs());
            // The transaction ends here, so that the entry says exactly what stands in Kafka when it can be read.
            context.commit();
        }
    }
}
