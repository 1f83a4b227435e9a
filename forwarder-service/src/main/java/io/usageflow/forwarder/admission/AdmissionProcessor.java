package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.AdmissionSinks.OutgoingRecord;
import io.usageflow.forwarder.admission.counters.AdmissionLedger;
import io.usageflow.forwarder.admission.counters.AdmissionMeters;
import io.usageflow.forwarder.admission.dedup.DedupResult.InputSource;
import io.usageflow.forwarder.admission.dedup.DedupStore;
import io.usageflow.forwarder.admission.source.BufferedBytes;
import io.usageflow.forwarder.admission.streams.CommitTiming;
import io.usageflow.forwarder.admission.streams.OneShotTimer;
import io.usageflow.forwarder.admission.streams.PreCommitHook;
import io.usageflow.forwarder.deadletter.SourceRecord;
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
 * Processes the events, replays and customer links of one partition, which share state. Decisions are made elsewhere.
 *
 * <p>Scheduled work uses the wall clock, so that it also runs when traffic is low.
 */
final class AdmissionProcessor implements Processor<byte[], byte[], byte[], OutgoingRecord> {
    /** Interval between steps of releasing parked events. */
    static final Duration RELEASE_EVERY = Duration.ofMillis(10);
    /** Interval between checks for new vendor links and a new catalogue while events are parked. */
    static final Duration NEWS_EVERY = Duration.ofMillis(100);
    /** Interval of expiring ids and parked events. */
    static final Duration UPKEEP_EVERY = Duration.ofSeconds(5);

    /** Bound of one step, about 20 ms. Every 5 s, that is more ids than a partition can take in. */
    private static final int FORGET_LOOKS_MAX = 200_000;

    private final AdmissionDependencies dependencies;
    private final Topics topics;
    private ProcessorContext<byte[], OutgoingRecord> context;
    private AdmissionTask task;
    private OneShotTimer release;
    private OneShotTimer ledger;
    /** The highest append time so far; 0 until the first record, so that nothing is old. */
    private long appendTime;

    private long vendorLinksVersion;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else
    AdmissionProcessor(AdmissionDependencies dependencies) {
        this.dependencies = dependencies;
        this.topics = dependencies.topics();
    }

    @Override
    public void init(ProcessorContext<byte[], OutgoingRecord> processorContext) {
        this.context = processorContext;
        this.task = AdmissionTask.open(dependencies, context);
        this.release = new OneShotTimer(context, this::release);
        this.ledger = new OneShotTimer(context, now -> publishLedger());
        this.vendorLinksVersion = dependencies.vendorLinksVersion().current();
        PreCommitHook beforeCommit = context.getStateStore(AdmissionTopology.BEFORE_COMMIT);
        beforeCommit.run(this::beforeCommit);
        // At the same moment in all tasks, since Streams commits a transaction after it.
        context.schedule(Instant.EPOCH, UPKEEP_EVERY, PunctuationType.WALL_CLOCK_TIME, this::upkeep);
        // A predecessor may have left counters unpublished and parked events unreleased.
        ledger.scheduleTogether(dependencies.settings().engine().ledgerInterval());
        awaitRelease();
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata at = context.recordMetadata()
                .orElseThrow(() ->
                        new IllegalStateException("Streams must give each record of a source topic its metadata"));
        BufferedBytes.ofThisThread()
                .processed(at.topic(), at.partition(), record.key(), record.value(), record.headers());
        Instant now = dependencies.observation().waiting().now(context.currentSystemTimeMs());
        if (at.topic().equals(topics.customerLinks())) {
            task.links().handle(record, at);
            task.release().step(now);
        } else {
            admit(record, at, now);
        }
        task.state().positions().read(at.topic(), at.offset());
        awaitCommit();
        ledger.scheduleTogether(dependencies.settings().engine().ledgerInterval());
        awaitRelease();
    }

    @Override
    public void close() {
        CommitTiming.ofThisThread().transactionEnds();
        if (task != null) {
            task.close(dependencies.meters(), context.taskId().partition());
        }
    }

    private void admit(Record<byte[], byte[]> record, RecordMetadata at, Instant now) {
        appendTime = Math.max(appendTime, record.timestamp());
        dependencies.observation().waiting().stamped(record.timestamp());
        InputSource input = at.topic().equals(topics.replays()) ? InputSource.REPLAYS : InputSource.EVENTS;
        SourceRecord origin = new SourceRecord(
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
                .within(dependencies.writes().records());
        task.handler().handle(task.checker().check(origin, input, now), origin, input, now);
    }

    /** Runs before each commit, also after the processor was closed. */
    private void beforeCommit() {
        CommitTiming.ofThisThread().transactionEnds();
        task.state().write();
    }

    private void awaitCommit() {
        CommitTiming.ofThisThread()
                .recordHandled(context, dependencies.settings().engine().latencyTarget());
    }

    private void awaitRelease() {
        if (task.release().isUnderWay()) {
            release.schedule(RELEASE_EVERY);
        } else if (task.release().awaitsVendors() || task.release().awaitsCatalogue()) {
            release.schedule(NEWS_EVERY);
        }
    }

    private void release(long now) {
        long version = dependencies.vendorLinksVersion().current();
        if (version != vendorLinksVersion) {
            vendorLinksVersion = version;
            task.release().vendorLinksChanged();
        }
        task.release().lookAtCatalogue();
        if (task.release().isUnderWay()) {
            task.release().step(dependencies.observation().waiting().now(now));
            awaitCommit();
            ledger.scheduleTogether(dependencies.settings().engine().ledgerInterval());
        }
        awaitRelease();
    }

    private void upkeep(long now) {
        task.state().positions().requireSameLogs();
        DedupStore seen = task.state().dedup();
        AdmissionMeters meters = dependencies.meters();
        int partition = context.taskId().partition();
        meters.lastEvent(appendTime);
        // The earlier of both clocks: a broker with a wrong clock must not make the store forget its ids.
        meters.count(seen.forget(Math.min(appendTime, now), FORGET_LOOKS_MAX));
        meters.remembered(
                partition,
                new AdmissionMeters.Remembered(
                        seen.count(),
                        seen.heapBytes(),
                        seen.idsMax(),
                        task.ages().effectiveWindowMs(now, seen.forgottenMark()),
                        seen.daysUntilEarly(Math.min(appendTime, now))));
        task.state().positions().countExpired();
        if (task.state().ledger().needsPublishing()) {
            // Expired records are never processed, so they do not trigger the publishing of the ledger.
            ledger.scheduleTogether(dependencies.settings().engine().ledgerInterval());
        }
        task.vendors().forgetUnreadable();
        meters.parked(
                partition,
                task.state().parked().count(),
                task.release().findExpired(dependencies.observation().waiting().now(now)));
        awaitRelease();
    }

    private void publishLedger() {
        AdmissionLedger counters = task.state().ledger();
        task.state().positions().countExpired();
        if (counters.needsPublishing()) {
            task.sinks()
                    .publishLedger(counters.publish(), task.state().positions().logs());
            // Ends the transaction, so that readers of the entry see exactly what it counts.
            context.commit();
        }
    }
}
