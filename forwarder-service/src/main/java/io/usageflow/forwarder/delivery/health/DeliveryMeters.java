package io.usageflow.forwarder.delivery.health;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.answer.Outcome;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome.UnclearReason;
import io.usageflow.forwarder.delivery.partition.SettledRecord.SettlementResult;
import io.usageflow.forwarder.observe.meter.DeliveryMeter;
import io.usageflow.forwarder.observe.meter.RegisteredMeters;
import io.usageflow.schema.text.CountText;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
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

    private final RegisteredMeters meters;
    private final Map<String, Timer> requests = new HashMap<>();
    private final Map<String, Timer> settlements = new HashMap<>();
    private final Map<String, Counter> events = new HashMap<>();
    private final Map<DeadLetterReason, Counter> deadLetters = new EnumMap<>(DeadLetterReason.class);
    private final Map<String, Counter> lookups = new HashMap<>();
    private final Map<UnclearReason, Counter> unclear;
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
        this.meters = new RegisteredMeters(registry);
        this.retries = meters.counter(DeliveryMeter.RETRIES);
        this.settled = meters.counter(DeliveryMeter.SETTLED);
        this.expiredUnread = meters.counter(DeliveryMeter.EXPIRED_UNREAD);
        this.logsReplaced = meters.counter(DeliveryMeter.LOGS_REPLACED);
        // Registered at the start: Prometheus misses the first increase of a counter that begins at 1.
        for (DeadLetterReason reason : DeadLetterReason.values()) {
            deadLetters.put(reason, meters.counter(DeliveryMeter.DEAD_LETTERS, reason.name()));
        }
        for (String word : List.of(ACCEPTED, ALREADY_KNOWN, DEAD_LETTERED)) {
            events.put(word, meters.counter(DeliveryMeter.EVENTS, word));
        }
        unclear = meters.counters(DeliveryMeter.UNCLEAR, UnclearReason.class);
        for (String word : List.of(COMMITTED, ABORTED)) {
            settlements.put(word, meters.timer(DeliveryMeter.SETTLEMENTS, word));
        }
        requests.put(ACCEPTED, meters.timer(DeliveryMeter.REQUESTS, ACCEPTED));
        for (String result : List.of("found", "absent", "unclear")) {
            lookups.put(result, meters.counter(DeliveryMeter.LOOKUPS, result));
        }
        for (String result : List.of(ACCEPTED, REFUSED)) {
            fundsProbes.put(result, meters.counter(DeliveryMeter.FUNDS_PROBES, result));
        }
        this.batchSizes = meters.summary(DeliveryMeter.BATCH_SIZE);
        this.freshness = meters.histogram(DeliveryMeter.FRESHNESS, FRESH_WITHIN);
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
                    RegisteredMeters.word(cause));
        }
    }

    /** For how long an open transaction has blocked reading. */
    public void stuck(Supplier<Duration> seen) {
        stuckFor = seen;
    }

    public void answered(Outcome outcome, int batchSize, Duration took) {
        requests.computeIfAbsent(word(outcome), word -> meters.timer(DeliveryMeter.REQUESTS, word))
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
                        : ", " + CountText.of((long) expiredUnread.count(), "record")
                                + " expired unread (docs/runbook.md)")
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
        meters.close();
    }

    private static String word(Outcome outcome) {
        return outcome.match(new OutcomeLabel());
    }

    private void gauge(DeliveryMeter meter, Function<DeliverySnapshot, Number> value, String... labels) {
        meters.gauge(meter, () -> value.apply(snapshot), labels);
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
