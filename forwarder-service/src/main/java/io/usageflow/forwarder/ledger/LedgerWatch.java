package io.usageflow.forwarder.ledger;

import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.ledger.LedgerBalance.Finding;
import io.usageflow.forwarder.ledger.ReconcileEntry.Check;
import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.forwarder.observe.meter.LedgerMeter;
import io.usageflow.forwarder.observe.meter.RegisteredMeters;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the result of {@code usageflow ledger} as meters, so that an alert tells when the books do not balance. It
 * reads what is new in the ledger's topic every 15 seconds, in a thread of its own. No event depends on it: it is ready
 * also while Kafka is away, and while the books do not balance. Any thread may call {@link #health}.
 */
public final class LedgerWatch implements Stage {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerWatch.class);
    /** Longer than admission takes to publish its counters, which {@link LedgerBalance#inFlow} relies on. */
    private static final Duration EVERY = Duration.ofSeconds(15);

    private final Supplier<LedgerFollower> opened;
    private final Duration every;
    private final RegisteredMeters meters;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "ledger-watch");
    private volatile LedgerBalance balance = new LedgerBalance(List.of(), List.of(), 0);
    private volatile long inFlight;
    private volatile List<ReconcileEntry> reconciled = List.of();
    private volatile long readNanos = System.nanoTime();
    private volatile boolean read;

    LedgerWatch(Supplier<LedgerFollower> opened, Duration every, MeterRegistry registry) {
        this.opened = opened;
        this.every = every;
        this.meters = new RegisteredMeters(registry);
        thread.setDaemon(true);
        for (Finding.Kind kind : Finding.Kind.values()) {
            meters.gauge(LedgerMeter.IMBALANCE, () -> imbalance(kind), RegisteredMeters.word(kind));
        }
        meters.gauge(LedgerMeter.IN_FLIGHT, () -> inFlight);
        meters.gauge(LedgerMeter.AGE, () -> age().toMillis() / 1000.0);
        for (Check check : Check.values()) {
            meters.gauge(
                    LedgerMeter.RECONCILE_FINDINGS,
                    () -> reconciled(check)
                            .map(ReconcileEntry::findings)
                            .<Number>map(found -> found)
                            .orElse(Double.NaN),
                    check.word());
            meters.gauge(
                    LedgerMeter.RECONCILE_AGE,
                    () -> reconciled(check)
                            .<Number>map(last -> Math.max(
                                            0,
                                            System.currentTimeMillis()
                                                    - last.endedAt().toEpochMilli())
                                    / 1000.0)
                            .orElse(Double.NaN),
                    check.word());
        }
    }

    public static LedgerWatch of(Settings settings, MeterRegistry registry) {
        return new LedgerWatch(
                () -> new LedgerFollower(
                        settings.topics().names().ledger(),
                        settings.kafka().client(),
                        settings.registry().serde()),
                EVERY,
                registry);
    }

    @Override
    public String name() {
        return "ledger";
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public StageHealth health() {
        if (!read) {
            return StageHealth.flowing("not read yet");
        }
        List<Finding> findings = balance.findings();
        return StageHealth.flowing(
                findings.isEmpty()
                        ? "the books balance"
                        : "the books do not balance: "
                                + findings.stream().map(Finding::text).collect(Collectors.joining("; ")));
    }

    @Override
    public void close(Duration atMost) {
        stop.countDown();
        Stage.end(thread, atMost);
        meters.close();
    }

    private void run() {
        try {
            while (stop.getCount() > 0) {
                follow();
            }
        } catch (InterruptedException | InterruptException stopped) {
            LOG.info("event=ledger_watch_stopped");
        }
    }

    /** Reads until it is stopped, or something fails; the last result holds then, and grows old. */
    private void follow() throws InterruptedException {
        try (LedgerFollower follower = opened.get()) {
            do {
                show(follower.read());
            } while (!stop.await(every.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptException stopped) {
            throw stopped;
        } catch (RuntimeException failed) {
            // Mostly Kafka or the registry being away. Whatever it is, the books are looked at again.
            LOG.warn("event=ledger_not_read again_in_s={} why={}", every.toSeconds(), VisibleText.logged(failed));
            stop.await(every.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void show(LedgerFollower.Reading reading) {
        List<Finding> before = balance.findings();
        balance = reading.balance();
        inFlight = reading.inFlight();
        reconciled = reading.reconciled();
        readNanos = System.nanoTime();
        read = true;
        if (!balance.findings().equals(before)) {
            balance.findings()
                    .forEach(finding ->
                            LOG.warn("event=books_not_balanced kind={} why=\"{}\"", finding.kind(), finding.text()));
            if (balance.findings().isEmpty()) {
                LOG.info("event=books_balanced");
            }
        }
    }

    private long imbalance(Finding.Kind kind) {
        return balance.findings().stream()
                .filter(finding -> finding.kind() == kind)
                .mapToLong(finding -> Math.abs(finding.difference()))
                .sum();
    }

    private Optional<ReconcileEntry> reconciled(Check check) {
        return reconciled.stream().filter(each -> each.check() == check).findFirst();
    }

    private Duration age() {
        return Duration.ofNanos(System.nanoTime() - readNanos);
    }
}
