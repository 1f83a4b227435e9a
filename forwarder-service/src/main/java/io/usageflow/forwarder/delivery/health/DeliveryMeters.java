package io.usageflow.forwarder.delivery.health;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.answer.Outcome;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome.UnclearReason;
import io.usageflow.forwarder.delivery.partition.SettledRecord.SettlementResult;
import io.usageflow.forwarder.observe.meter.DeliveryMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Records delivery's meters and the totals of its snapshot. Written by delivery's thread, read by any. */
public final class DeliveryMeters implements AutoCloseable {
    /** Upper bounds of the histogram of freshness. Alerts use 60 s. */
    private static final Duration[] FRESH_WITHIN = Stream.of(
                    "PT0.05S", "PT0.1S", "PT0.25S", "PT0.5S", "PT1S", "PT2.5S", "PT5S", "PT10S", "PT30S", "PT60S",
                    "PT5M", "PT15M", "PT1H", "PT6H", "P1D")
            .map(Duration::parse)
            .toArray(Duration[]::new);

    private static final String ACCEPTED = "accepted";
    private static final String REFUSED = "refused";
    private static final String COMMITTED = "committed";
    private static final String ABORTED = "aborted";
    private static final String ALREADY_KNOWN = "already_known";
    private static final String DEAD_LETTERED = "dead_lettered";

    private final MeterRegistry registry;
    private final List<Meter> mine = new ArrayList<>();
    private final Map<String, Timer> requests = new HashMap<>();
    private final Map<String, Timer> settlements = new HashMap<>();
    private final Map<String, Counter> events = new HashMap<>();
    private final Map<DeadLetterReason, Counter> deadLetters = new EnumMap<>(DeadLetterReason.class);
    private final Map<String, Counter> lookups = new HashMap<>();
    private final Map<UnclearReason, Counter> unclear = new EnumMap<>(UnclearReason.class);
    private final Map<String, Counter> fundsProbes = new HashMap<>();
    private final Counter retries;
    private final Counter settled;
    private final Counter expiredUnread;
    private final Counter logsReplaced;
    private final DistributionSummary batchSizes;
    private final Timer freshness;
    private volatile Supplier<Duration> stuckFor = () -> Duration.ZERO;
    private volatile DeliverySnapshot snapshot = DeliverySnapshot.empty();
    private long delivered;
    private long alreadyKnown;
    private long dead;
    private long committed;
    private long retried;

    public DeliveryMeters(MeterRegistry registry) {
        this.registry = registry;
        this.retries = counter(DeliveryMeter.RETRIES);
        this.settled = counter(DeliveryMeter.SETTLED);
        this.expiredUnread = counter(DeliveryMeter.EXPIRED_UNREAD);
        this.logsReplaced = counter(DeliveryMeter.LOGS_REPLACED);
        // Registered at the start: Prometheus misses the first increase of a counter that begins at 1.
        for (DeadLetterReason reason : DeadLetterReason.values()) {
            deadLetters.put(reason, counter(DeliveryMeter.DEAD_LETTERS, reason.name()));
        }
        for (String word : List.of(ACCEPTED, ALREADY_KNOWN, DEAD_LETTERED)) {
            events.put(word, counter(DeliveryMeter.EVENTS, word));
        }
        for (UnclearReason reason : UnclearReason.values()) {
            unclear.put(reason, counter(DeliveryMeter.UNCLEAR, word(reason)));
        }
        for (String word : List.of(COMMITTED, ABORTED)) {
            settlements.put(word, timer(DeliveryMeter.SETTLEMENTS, word));
        }
        requests.put(ACCEPTED, timer(DeliveryMeter.REQUESTS, ACCEPTED));
        for (String result : List.of("found", "absent", "unclear")) {
            lookups.put(result, counter(DeliveryMeter.LOOKUPS, result));
        }
        for (String result : List.of(ACCEPTED, REFUSED)) {
            fundsProbes.put(result, counter(DeliveryMeter.FUNDS_PROBES, result));
        }
        this.batchSizes = DistributionSummary.builder(DeliveryMeter.BATCH_SIZE.meterName())
                .description(DeliveryMeter.BATCH_SIZE.doc())
                .baseUnit(DeliveryMeter.BATCH_SIZE.unit())
                .register(registry);
        mine.add(batchSizes);
        this.freshness = Timer.builder(DeliveryMeter.FRESHNESS.meterName())
                .description(DeliveryMeter.FRESHNESS.doc())
                .serviceLevelObjectives(FRESH_WITHIN)
                .register(registry);
        mine.add(freshness);
        gauge(DeliveryMeter.IN_FLIGHT, now -> now.buffered().inFlight());
        gauge(DeliveryMeter.LIMIT, now -> now.destination().limit());
        gauge(DeliveryMeter.OUTSTANDING, now -> now.buffered().outstanding());
        gauge(DeliveryMeter.OUTSTANDING_BYTES, now -> now.buffered().outstandingBytes());
        gauge(DeliveryMeter.HELD, now -> now.buffered().held());
        gauge(DeliveryMeter.OLDEST_AGE, now -> now.buffered().oldest().toMillis() / 1000.0);
        gauge(DeliveryMeter.LAG, now -> now.buffered().lag());
        gauge(DeliveryMeter.FAILING_CUSTOMERS, now -> now.destination().failingCustomers());
        gauge(DeliveryMeter.BLOCKED_CUSTOMERS, now -> now.destination().blockedCustomers());
        gauge(DeliveryMeter.UNFUNDED_CUSTOMERS, now -> now.destination().funds().customers());
        gauge(DeliveryMeter.UNFUNDED_EVENTS, now -> now.destination().funds().events());
        gauge(DeliveryMeter.UNFUNDED_ALL, now -> now.destination().funds().all() ? 1 : 0);
        gauge(DeliveryMeter.SURGE, now -> now.destination().surge() ? 1 : 0);
        gauge(DeliveryMeter.RETENTION_LEFT, now -> now.buffered()
                .retentionLeft()
                .map(left -> left.toMillis() / 1000.0)
                .orElse(Double.POSITIVE_INFINITY));
        gauge(DeliveryMeter.TRANSACTION_STUCK, now -> stuckFor.get().toMillis() / 1000.0);
        for (OutageCause cause : OutageCause.values()) {
            gauge(
                    DeliveryMeter.CIRCUIT,
                    now -> now.destination().cause().filter(cause::equals).isPresent() ? 1 : 0,
                    word(cause));
        }
    }

    /** For how long an open transaction has blocked reading. */
    public void stuck(Supplier<Duration> seen) {
        stuckFor = seen;
    }

    public void answered(Outcome outcome, int batchSize, Duration took) {
        requests.computeIfAbsent(word(outcome), word -> timer(DeliveryMeter.REQUESTS, word))
                .record(took);
        batchSizes.record(batchSize);
    }

    /** Counts a settled event, whose outcome is not committed yet. */
    public void settled(SettlementResult result) {
        String word = result.match(known -> known ? ALREADY_KNOWN : ACCEPTED, reason -> DEAD_LETTERED);
        Objects.requireNonNull(events.get(word)).increment();
        result.match(
                known -> {
                    delivered++;
                    alreadyKnown += known ? 1 : 0;
                    return true;
                },
                reason -> {
                    dead++;
                    Objects.requireNonNull(deadLetters.get(reason)).increment();
                    return true;
                });
    }

    /** Records how long ago an event that Credyt has accepted now was published; a clock that is behind counts as 0. */
    public void delivered(Duration sincePublished) {
        freshness.record(sincePublished.isNegative() ? Duration.ZERO : sincePublished);
    }

    public void retried() {
        retries.increment();
        retried++;
    }

    public void expiredUnread(long records) {
        expiredUnread.increment((double) records);
    }

    public void logReplaced() {
        logsReplaced.increment();
    }

    /** Losses and restarts from the earliest record in this process, for health; empty if none. */
    String losses() {
        return (expiredUnread.count() == 0
                        ? ""
                        : ", " + (long) expiredUnread.count() + " records expired unread (docs/runbook.md)")
                + (logsReplaced.count() == 0
                        ? ""
                        : ", restarted at the earliest record of another log (docs/runbook.md)");
    }

    public void unclear(UnclearReason reason) {
        Objects.requireNonNull(unclear.get(reason)).increment();
    }

    /** Counts a lookup with the result found, absent or unclear. */
    public void lookedUp(String result) {
        Objects.requireNonNull(lookups.get(result)).increment();
    }

    /** Counts a request of a customer that lacked funds before it. */
    public void probedFunds(boolean accepted) {
        Objects.requireNonNull(fundsProbes.get(accepted ? ACCEPTED : REFUSED)).increment();
    }

    void settlement(boolean done, int records, Duration took) {
        Objects.requireNonNull(settlements.get(done ? COMMITTED : ABORTED)).record(took);
        if (done) {
            settled.increment(records);
            committed += records;
        }
    }

    DeliverySnapshot.Totals totals() {
        return new DeliverySnapshot.Totals(delivered, alreadyKnown, dead, committed, retried);
    }

    public void show(DeliverySnapshot now) {
        snapshot = now;
    }

    public DeliverySnapshot snapshot() {
        return snapshot;
    }

    @Override
    public void close() {
        mine.forEach(registry::remove);
    }

    private static String word(Outcome outcome) {
        return outcome.match(new OutcomeLabel());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private Counter counter(DeliveryMeter meter, String... tagValues) {
        Counter counter = Counter.builder(meter.meterName())
                .description(meter.doc())
                .baseUnit(meter.unit())
                .tags(tags(meter, tagValues))
                .register(registry);
        mine.add(counter);
        return counter;
    }

    private Timer timer(DeliveryMeter meter, String... tagValues) {
        Timer timer = Timer.builder(meter.meterName())
                .description(meter.doc())
                .tags(tags(meter, tagValues))
                .publishPercentileHistogram()
                .register(registry);
        mine.add(timer);
        return timer;
    }

    private void gauge(DeliveryMeter meter, ToDoubleFunction<DeliverySnapshot> value, String... tagValues) {
        mine.add(Gauge.builder(meter.meterName(), () -> value.applyAsDouble(snapshot))
                .description(meter.doc())
                .baseUnit(meter.unit().isEmpty() ? null : meter.unit())
                .tags(tags(meter, tagValues))
                .register(registry));
    }

    private static String[] tags(DeliveryMeter meter, String... values) {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            pairs.add(meter.tags().get(i));
            pairs.add(values[i]);
        }
        return pairs.toArray(String[]::new);
    }

    /** The values of the outcome label. */
    private static final class OutcomeLabel implements Outcome.Visitor<String> {
        @Override
        public String accepted(Outcome.Accepted outcome) {
            return "accepted";
        }

        @Override
        public String refused(Outcome.Refused outcome) {
            return "refused";
        }

        @Override
        public String tooLarge(Outcome.TooLarge outcome) {
            return "too_large";
        }

        @Override
        public String customerTrouble(Outcome.CustomerTrouble outcome) {
            return "customer_trouble";
        }

        @Override
        public String noFunds(Outcome.NoFunds outcome) {
            return "no_funds";
        }

        @Override
        public String unclear(Outcome.Unclear outcome) {
            return "unclear";
        }

        @Override
        public String retry(Outcome.Retry outcome) {
            return "retry";
        }

        @Override
        public String halt(Outcome.Halt outcome) {
            return "halt";
        }
    }
}
