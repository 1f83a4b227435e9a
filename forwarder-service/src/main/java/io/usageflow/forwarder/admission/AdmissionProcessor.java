package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.deadletter.Origin;
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
    /** Between looks at the line of accounts and at vendor links. */
    static final Duration RELEASE_EVERY = Duration.ofMillis(10);
    /** Between steps of forgetting ids. */
    static final Duration FORGET_EVERY = Duration.ofSeconds(1);
    /** Between looks for parked events whose time is up. */
    static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    /** Bound of one step: some 20 ms; at 1 s that is more than a partition can take in. */
    private static final int FORGET_LOOKS_MAX = 200_000;

    private final AdmissionParts parts;
    private final Topics topics;
    private ProcessorContext<byte[], Outgoing> context;
    private AdmissionTask task;
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
        this.task = AdmissionTask.open(parts, processorContext);
        this.vendorLinksVersion = parts.vendorLinksVersion().current();
        every(RELEASE_EVERY, this::release);
        every(FORGET_EVERY, this::forget);
        every(LOOK_EVERY, this::look);
        every(parts.settings().engine().ledgerInterval(), now -> publishLedger());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata at = context.recordMetadata()
                .orElseThrow(
                        () -> new IllegalStateException("Streams gives every record of a source topic its metadata"));
        Instant now = Instant.ofEpochMilli(context.currentSystemTimeMs());
        if (at.topic().equals(topics.customerLinks())) {
            task.links().take(record, at);
            task.release().step(now);
            return;
        }
        appendTime = Math.max(appendTime, record.timestamp());
        Lane lane = at.topic().equals(topics.replays()) ? Lane.REPLAYS : Lane.EVENTS;
        Origin origin = new Origin(
                new SourceCoordinates(
                        at.topic(), at.partition(), at.offset(), Instant.ofEpochMilli(record.timestamp())),
                record.key(),
                record.value(),
                record.headers());
        task.flow().carryOut(task.judge().judge(origin, lane, now), origin, lane, now);
    }

    @Override
    public void close() {
        if (task != null) {
            task.close(parts.meters(), context.taskId().partition());
        }
    }

    private void release(long now) {
        long version = parts.vendorLinksVersion().current();
        if (version != vendorLinksVersion) {
            vendorLinksVersion = version;
            task.release().vendorLinksChanged();
        }
        task.release().step(Instant.ofEpochMilli(now));
    }

    private void forget(long now) {
        parts.meters().count(task.state().seen().forget(forgettingTime(now), FORGET_LOOKS_MAX));
    }

    /** Both clocks must agree that it is late: one broker with a wrong clock must not empty the memory. */
    private long forgettingTime(long now) {
        return Math.min(appendTime, now);
    }

    private void look(long now) {
        SeenEvents seen = task.state().seen();
        parts.meters()
                .remembered(
                        context.taskId().partition(),
                        new AdmissionMeters.Remembered(
                                seen.count(),
                                seen.heapBytes(),
                                task.ages().effectiveWindowMs(now, seen.forgottenMark())));
        parts.meters()
                .parked(
                        context.taskId().partition(),
                        task.state().parked().count(),
                        task.release().look(Instant.ofEpochMilli(now)));
    }

    private void publishLedger() {
        AdmissionLedger ledger = task.state().ledger();
        if (ledger.needsPublishing()) {
            task.outlet().publishLedger(ledger.publish());
            // The transaction ends here, so that the entry says exactly what stands in Kafka when it can be read.
            context.commit();
        }
    }

    private void every(Duration interval, java.util.function.LongConsumer work) {
        context.schedule(interval, PunctuationType.WALL_CLOCK_TIME, work::accept);
    }
}
