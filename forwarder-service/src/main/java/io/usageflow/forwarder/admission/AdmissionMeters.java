package io.usageflow.forwarder.admission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.observe.AdmissionMeter;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Admission's meters at work. Thread-safe. */
final class AdmissionMeters implements AutoCloseable {
    /** What became of a record. */
    enum Outcome {
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

    /** What became of a customer link. */
    enum LinkOutcome {
        LINKED,
        UNLINKED,
        REROUTED,
        REFUSED;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private record Waiting(long count, Optional<Instant> oldest) {}

    private final MeterRegistry registry;
    private final Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
    private final Map<LinkOutcome, Counter> links = new EnumMap<>(LinkOutcome.class);
    private final Map<Integer, Waiting> waiting = new ConcurrentHashMap<>();
    private final Map<Integer, List<Meter>> waitingMeters = new ConcurrentHashMap<>();
    private final Counter forgotten;
    private final Counter replacedThreads;
    private final Gauge registryAway;

    AdmissionMeters(MeterRegistry registry, RegistryWatch watch) {
        this.registry = registry;
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(outcome, counter(AdmissionMeter.EVENTS, outcome.word()));
        }
        for (LinkOutcome outcome : LinkOutcome.values()) {
            links.put(outcome, counter(AdmissionMeter.LINKS, outcome.word()));
        }
        this.forgotten = counter(AdmissionMeter.IDS_FORGOTTEN);
        this.replacedThreads = counter(AdmissionMeter.THREADS_REPLACED);
        this.registryAway = Gauge.builder(
                        AdmissionMeter.REGISTRY_AWAY.meterName(),
                        watch,
                        w -> w.whyAway().isPresent() ? 1 : 0)
                .description(AdmissionMeter.REGISTRY_AWAY.doc())
                .register(registry);
    }

    void count(Outcome outcome) {
        counter(outcomes, outcome).increment();
    }

    void count(LinkOutcome outcome) {
        counter(links, outcome).increment();
    }

    void countDeadLetter(DeadLetterReason reason) {
        count(Outcome.DEAD_LETTERED);
        counter(AdmissionMeter.DEAD_LETTERS, reason.name()).increment();
    }

    void countForgotten(int ids) {
        forgotten.increment(ids);
    }

    void countReplacedThread() {
        replacedThreads.increment();
    }

    /** @param oldest since when the oldest waits; empty where none does */
    void parked(int partition, long count, Optional<Instant> oldest) {
        waiting.put(partition, new Waiting(count, oldest));
        waitingMeters.computeIfAbsent(partition, this::waitingMeters);
    }

    /** The partition went to another thread or instance. */
    void partitionLeft(int partition) {
        List<Meter> meters = waitingMeters.remove(partition);
        if (meters != null) {
            meters.forEach(registry::remove);
        }
        waiting.remove(partition);
    }

    @Override
    public void close() {
        List.copyOf(waitingMeters.keySet()).forEach(this::partitionLeft);
        registry.remove(registryAway);
    }

    private List<Meter> waitingMeters(int partition) {
        String tag = AdmissionMeter.PARKED.tags().get(0);
        Gauge count = Gauge.builder(AdmissionMeter.PARKED.meterName(), () -> waiting(partition).count)
                .description(AdmissionMeter.PARKED.doc())
                .baseUnit(AdmissionMeter.PARKED.unit())
                .tag(tag, Integer.toString(partition))
                .register(registry);
        Gauge age = Gauge.builder(AdmissionMeter.PARKED_OLDEST_AGE.meterName(), () -> oldestAgeSeconds(partition))
                .description(AdmissionMeter.PARKED_OLDEST_AGE.doc())
                .baseUnit(AdmissionMeter.PARKED_OLDEST_AGE.unit())
                .tag(tag, Integer.toString(partition))
                .register(registry);
        return List.of(count, age);
    }

    private Waiting waiting(int partition) {
        return waiting.getOrDefault(partition, new Waiting(0, Optional.empty()));
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
            throw new IllegalStateException("no counter was made for " + key);
        }
        return counter;
    }
}
