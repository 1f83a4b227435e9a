package io.usageflow.forwarder.admission.counters;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.admission.check.RegistryRetry.RegistryStatus;
import io.usageflow.forwarder.admission.dedup.AgeGuard;
import io.usageflow.forwarder.admission.dedup.DedupStore;
import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.observe.meter.AdmissionMeter;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
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
        REROUTED;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** The outcome of a customer link. */
    public enum LinkOutcome {
        LINKED,
        UNLINKED,
        REROUTED,
        REFUSED;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
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
    private final Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
    private final Map<LinkOutcome, Counter> links = new EnumMap<>(LinkOutcome.class);
    private final Map<Integer, Waiting> waiting = new ConcurrentHashMap<>();
    private final Map<Integer, Remembered> remembered = new ConcurrentHashMap<>();
    private final Map<Integer, List<Meter>> partitionMeters = new ConcurrentHashMap<>();
    private final Counter forgottenInTime;
    private final Counter forgottenEarly;
    private final Counter replacedThreads;
    private final Map<String, Counter> expiredUnread = new ConcurrentHashMap<>();
    private final Counter logsReplaced;
    private final List<Gauge> sourceGauges = new CopyOnWriteArrayList<>();
    private final AtomicLong lastEventMillis = new AtomicLong();
    private final Gauge lastEvent;
    private final Gauge registryAway;
    private final Gauge windowConfigured;
    private final Gauge parkedMaxAge;
    private final Gauge transactionStuck;
    private volatile Supplier<Duration> stuckFor = () -> Duration.ZERO;
    private final long windowConfiguredMs;
    private final Duration parkedAgeMax;

    public AdmissionMeters(MeterRegistry registry, RegistryStatus watch, AdmissionSettings settings) {
        this.registry = registry;
        AdmissionSettings.Guard guard = settings.guard();
        this.parkedAgeMax = settings.parking().ageMax();
        this.windowConfiguredMs = guard.window().minus(guard.skew()).toMillis();
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(outcome, counter(AdmissionMeter.EVENTS, outcome.word()));
        }
        // Registered at the start: Prometheus misses the first increase of a counter that begins at 1.
        for (DeadLetterReason reason : DeadLetterReason.values()) {
            counter(AdmissionMeter.DEAD_LETTERS, reason.name());
        }
        for (LinkOutcome outcome : LinkOutcome.values()) {
            links.put(outcome, counter(AdmissionMeter.LINKS, outcome.word()));
        }
        this.forgottenInTime = counter(AdmissionMeter.IDS_FORGOTTEN, "window");
        this.forgottenEarly = counter(AdmissionMeter.IDS_FORGOTTEN, "room");
        this.replacedThreads = counter(AdmissionMeter.THREADS_REPLACED);
        this.logsReplaced = counter(AdmissionMeter.LOGS_REPLACED);
        this.registryAway = Gauge.builder(
                        AdmissionMeter.REGISTRY_AWAY.meterName(),
                        watch,
                        w -> w.whyAway().isPresent() ? 1 : 0)
                .description(AdmissionMeter.REGISTRY_AWAY.doc())
                .register(registry);
        this.windowConfigured = Gauge.builder(
                        AdmissionMeter.DEDUP_WINDOW_CONFIGURED.meterName(), () -> windowConfiguredMs / 1000.0)
                .description(AdmissionMeter.DEDUP_WINDOW_CONFIGURED.doc())
                .baseUnit(AdmissionMeter.DEDUP_WINDOW_CONFIGURED.unit())
                .register(registry);
        this.parkedMaxAge = Gauge.builder(AdmissionMeter.PARKED_MAX_AGE.meterName(), parkedAgeMax::toSeconds)
                .description(AdmissionMeter.PARKED_MAX_AGE.doc())
                .baseUnit(AdmissionMeter.PARKED_MAX_AGE.unit())
                .register(registry);
        this.transactionStuck = Gauge.builder(
                        AdmissionMeter.TRANSACTION_STUCK.meterName(),
                        () -> stuckFor.get().toMillis() / 1000.0)
                .description(AdmissionMeter.TRANSACTION_STUCK.doc())
                .baseUnit(AdmissionMeter.TRANSACTION_STUCK.unit())
                .register(registry);
        this.lastEvent = Gauge.builder(AdmissionMeter.LAST_EVENT.meterName(), () -> lastEventMillis.get() / 1000.0)
                .description(AdmissionMeter.LAST_EVENT.doc())
                .baseUnit(AdmissionMeter.LAST_EVENT.unit())
                .register(registry);
    }

    /** For how long an open transaction has blocked reading. */
    public void stuck(Supplier<Duration> seen) {
        stuckFor = seen;
    }

    public void count(Outcome outcome) {
        counter(outcomes, outcome).increment();
    }

    public void count(LinkOutcome outcome) {
        counter(links, outcome).increment();
    }

    public void countDeadLetter(DeadLetterReason reason) {
        count(Outcome.DEAD_LETTERED);
        counter(AdmissionMeter.DEAD_LETTERS, reason.name()).increment();
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
                .computeIfAbsent(topic, each -> counter(AdmissionMeter.EXPIRED_UNREAD, each))
                .increment((double) records);
    }

    public void logReplaced() {
        logsReplaced.increment();
    }

    /** Losses and restarts from the earliest record in this process, for health; empty if none. */
    public String losses() {
        long lost = (long)
                expiredUnread.values().stream().mapToDouble(Counter::count).sum();
        return (lost == 0 ? "" : ", " + lost + " records expired unread (docs/runbook.md)")
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
        counter(AdmissionMeter.EXPIRED_UNREAD, topic);
        sourceGauges.add(sourceGauge(AdmissionMeter.RETENTION_LEFT, topic, retentionLeft));
        sourceGauges.add(sourceGauge(AdmissionMeter.OLDEST_AGE, topic, oldestAge));
    }

    private Gauge sourceGauge(AdmissionMeter meter, String topic, Supplier<Number> value) {
        return Gauge.builder(meter.meterName(), value)
                .description(meter.doc())
                .baseUnit(meter.unit())
                .tag(meter.tags().get(0), topic)
                .register(registry);
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
        List<Meter> meters = partitionMeters.remove(partition);
        if (meters != null) {
            meters.forEach(registry::remove);
        }
        waiting.remove(partition);
        remembered.remove(partition);
    }

    @Override
    public void close() {
        List.copyOf(partitionMeters.keySet()).forEach(this::partitionLeft);
        registry.remove(registryAway);
        registry.remove(windowConfigured);
        registry.remove(parkedMaxAge);
        sourceGauges.forEach(registry::remove);
        registry.remove(lastEvent);
        registry.remove(transactionStuck);
    }

    private void show(int partition) {
        partitionMeters.computeIfAbsent(partition, this::gauges);
    }

    private List<Meter> gauges(int partition) {
        return List.of(
                gauge(AdmissionMeter.PARKED, partition, () -> waiting(partition).count),
                gauge(AdmissionMeter.PARKED_OLDEST_AGE, partition, () -> oldestAgeSeconds(partition)),
                gauge(AdmissionMeter.IDS_REMEMBERED, partition, () -> remembered(partition).ids),
                gauge(AdmissionMeter.IDS_HEAP, partition, () -> remembered(partition).heapBytes),
                gauge(AdmissionMeter.IDS_MAX, partition, () -> remembered(partition).idsMax),
                gauge(AdmissionMeter.DEDUP_WINDOW_DAYS_LEFT, partition, () -> remembered(partition).daysUntilEarly),
                gauge(AdmissionMeter.DEDUP_WINDOW, partition, () -> remembered(partition).effectiveWindowMs / 1000.0));
    }

    private Gauge gauge(AdmissionMeter meter, int partition, Supplier<Number> value) {
        return Gauge.builder(meter.meterName(), value)
                .description(meter.doc())
                .baseUnit(meter.unit())
                .tag(meter.tags().get(0), Integer.toString(partition))
                .register(registry);
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

    private Counter counter(AdmissionMeter meter, String... tag) {
        Counter.Builder builder =
                Counter.builder(meter.meterName()).description(meter.doc()).baseUnit(meter.unit());
        if (tag.length == 1) {
            builder.tag(meter.tags().get(0), tag[0]);
        }
        return builder.register(registry);
    }

    private static <K> Counter counter(Map<K, Counter> counters, K key) {
        Counter counter = counters.get(key);
        if (counter == null) {
            throw new IllegalStateException("no counter is registered for " + key);
        }
        return counter;
    }
}
