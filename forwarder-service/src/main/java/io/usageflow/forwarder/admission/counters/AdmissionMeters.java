package io.usageflow.forwarder.admission.counters;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.admission.check.RegistryRetry.RegistryStatus;
import io.usageflow.forwarder.admission.dedup.AgeGuard;
import io.usageflow.forwarder.admission.dedup.DedupStore;
import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.observe.meter.AdmissionMeter;
import io.usageflow.forwarder.observe.meter.RegisteredMeters;
import io.usageflow.schema.text.CountText;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Records admission's meters. Thread-safe. */
public final class AdmissionMeters implements AutoCloseable {
    /** The outcome of a record. */
    public enum Outcome {
        ADMITTED,
        DUPLICATE,
        PARKED,
        RELEASED,
        DEAD_LETTERED,
        REROUTED
    }

    public enum LinkOutcome {
        LINKED,
        UNLINKED,
        REROUTED,
        REFUSED
    }

    /**
     * Stored ids.
     *
     * @param idsMax see {@link DedupStore#idsMax}
     * @param effectiveWindowMs see {@link AgeGuard#effectiveWindowMs}
     * @param daysUntilEarly see {@link DedupStore#daysUntilEarly}
     */
    public record Remembered(long ids, long heapBytes, long idsMax, long effectiveWindowMs, double daysUntilEarly) {}

    private record Waiting(long count, Optional<Instant> oldest) {}

    private final MeterRegistry registry;
    /** They stay when this is closed, and count on in a stage that follows. */
    private final RegisteredMeters counters;

    private final RegisteredMeters gauges;
    private final Map<Outcome, Counter> outcomes;
    private final Map<LinkOutcome, Counter> links;
    private final Map<Integer, Waiting> waiting = new ConcurrentHashMap<>();
    private final Map<Integer, Remembered> remembered = new ConcurrentHashMap<>();
    private final Map<Integer, RegisteredMeters> partitionGauges = new ConcurrentHashMap<>();
    private final Counter forgottenInTime;
    private final Counter forgottenEarly;
    private final Counter replacedThreads;
    private final Map<String, Counter> expiredUnread = new ConcurrentHashMap<>();
    private final Counter logsReplaced;
    private final AtomicLong lastEventMillis = new AtomicLong();
    private volatile Supplier<Duration> stuckFor = () -> Duration.ZERO;
    private final long windowConfiguredMs;
    private final Duration parkedAgeMax;

    public AdmissionMeters(MeterRegistry registry, RegistryStatus watch, AdmissionSettings settings) {
        this.registry = registry;
        AdmissionSettings.Guard guard = settings.guard();
        this.parkedAgeMax = settings.parking().ageMax();
        this.windowConfiguredMs = guard.window().minus(guard.skew()).toMillis();
        this.counters = new RegisteredMeters(registry);
        this.gauges = new RegisteredMeters(registry);
        this.outcomes = counters.counters(AdmissionMeter.EVENTS, Outcome.class);
        this.links = counters.counters(AdmissionMeter.LINKS, LinkOutcome.class);
        // Registered at the start: Prometheus misses the first increase of a counter that begins at 1.
        for (DeadLetterReason reason : DeadLetterReason.values()) {
            counters.counter(AdmissionMeter.DEAD_LETTERS, reason.name());
        }
        this.forgottenInTime = counters.counter(AdmissionMeter.IDS_FORGOTTEN, "window");
        this.forgottenEarly = counters.counter(AdmissionMeter.IDS_FORGOTTEN, "room");
        this.replacedThreads = counters.counter(AdmissionMeter.THREADS_REPLACED);
        this.logsReplaced = counters.counter(AdmissionMeter.LOGS_REPLACED);
        gauges.gauge(AdmissionMeter.REGISTRY_AWAY, () -> watch.whyAway().isPresent() ? 1 : 0);
        gauges.gauge(AdmissionMeter.DEDUP_WINDOW_CONFIGURED, () -> windowConfiguredMs / 1000.0);
        gauges.gauge(AdmissionMeter.PARKED_MAX_AGE, parkedAgeMax::toSeconds);
        gauges.gauge(AdmissionMeter.TRANSACTION_STUCK, () -> stuckFor.get().toMillis() / 1000.0);
        gauges.gauge(AdmissionMeter.LAST_EVENT, () -> lastEventMillis.get() / 1000.0);
    }

    /** For how long an open transaction has blocked reading. */
    public void stuck(Supplier<Duration> seen) {
        stuckFor = seen;
    }

    public void count(Outcome outcome) {
        Objects.requireNonNull(outcomes.get(outcome)).increment();
    }

    public void count(LinkOutcome outcome) {
        Objects.requireNonNull(links.get(outcome)).increment();
    }

    public void countDeadLetter(DeadLetterReason reason) {
        count(Outcome.DEAD_LETTERED);
        counters.counter(AdmissionMeter.DEAD_LETTERS, reason.name()).increment();
    }

    public void count(DedupStore.Forgotten ids) {
        forgottenInTime.increment(ids.inTime());
        forgottenEarly.increment(ids.early());
    }

    public void countReplacedThread() {
        replacedThreads.increment();
    }

    public void expiredUnread(String topic, long records) {
        expiredUnread
                .computeIfAbsent(topic, each -> counters.counter(AdmissionMeter.EXPIRED_UNREAD, each))
                .increment((double) records);
    }

    public void logReplaced() {
        logsReplaced.increment();
    }

    /** Losses and restarts from the earliest record in this process, for health; empty if none. */
    public String losses() {
        long lost = (long)
                expiredUnread.values().stream().mapToDouble(Counter::count).sum();
        return (lost == 0 ? "" : ", " + CountText.of(lost, "record") + " expired unread (docs/runbook.md)")
                + (logsReplaced.count() == 0
                        ? ""
                        : ", restarted at the earliest record of another log (docs/runbook.md)");
    }

    /**
     * Registers the meters of a topic.
     *
     * @param retentionLeft in seconds
     * @param oldestAge in seconds
     */
    public void source(String topic, Supplier<Number> retentionLeft, Supplier<Number> oldestAge) {
        counters.counter(AdmissionMeter.EXPIRED_UNREAD, topic);
        gauges.gauge(AdmissionMeter.RETENTION_LEFT, retentionLeft, topic);
        gauges.gauge(AdmissionMeter.OLDEST_AGE, oldestAge, topic);
    }

    /** Notes the append time of the newest event that a partition has read, in Unix milliseconds. */
    public void lastEvent(long appendedAt) {
        lastEventMillis.accumulateAndGet(appendedAt, Math::max);
    }

    /** Updates the parked events of a partition; {@code oldest} is when the oldest was parked. */
    public void parked(int partition, long count, Optional<Instant> oldest) {
        waiting.put(partition, new Waiting(count, oldest));
        show(partition);
    }

    public void remembered(int partition, Remembered now) {
        remembered.put(partition, now);
        show(partition);
    }

    /** Removes the meters of a partition that went to another thread or instance. */
    public void partitionLeft(int partition) {
        RegisteredMeters left = partitionGauges.remove(partition);
        if (left != null) {
            left.close();
        }
        waiting.remove(partition);
        remembered.remove(partition);
    }

    @Override
    public void close() {
        List.copyOf(partitionGauges.keySet()).forEach(this::partitionLeft);
        gauges.close();
    }

    private void show(int partition) {
        partitionGauges.computeIfAbsent(partition, this::gauges);
    }

    private RegisteredMeters gauges(int partition) {
        var made = new RegisteredMeters(registry);
        String label = Integer.toString(partition);
        made.gauge(AdmissionMeter.PARKED, () -> waiting(partition).count, label);
        made.gauge(AdmissionMeter.PARKED_OLDEST_AGE, () -> oldestAgeSeconds(partition), label);
        made.gauge(AdmissionMeter.IDS_REMEMBERED, () -> remembered(partition).ids, label);
        made.gauge(AdmissionMeter.IDS_HEAP, () -> remembered(partition).heapBytes, label);
        made.gauge(AdmissionMeter.IDS_MAX, () -> remembered(partition).idsMax, label);
        made.gauge(AdmissionMeter.DEDUP_WINDOW_DAYS_LEFT, () -> remembered(partition).daysUntilEarly, label);
        made.gauge(AdmissionMeter.DEDUP_WINDOW, () -> remembered(partition).effectiveWindowMs / 1000.0, label);
        return made;
    }

    private Waiting waiting(int partition) {
        return waiting.getOrDefault(partition, new Waiting(0, Optional.empty()));
    }

    private Remembered remembered(int partition) {
        return remembered.getOrDefault(
                partition, new Remembered(0, 0, 0, windowConfiguredMs, Double.POSITIVE_INFINITY));
    }

    private double oldestAgeSeconds(int partition) {
        return waiting(partition)
                .oldest
                .map(since -> Math.max(0, (System.currentTimeMillis() - since.toEpochMilli()) / 1000.0))
                .orElse(0.0);
    }
}
