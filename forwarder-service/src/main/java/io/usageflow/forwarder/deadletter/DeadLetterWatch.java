package io.usageflow.forwarder.deadletter;

import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.forwarder.observe.meter.DeadLetterMeter;
import io.usageflow.forwarder.observe.meter.RegisteredMeters;
import io.usageflow.schema.text.CountText;
import io.usageflow.schema.text.VisibleText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the open dead letters from time to time, for the alert on those that wait for an answer. A count reads the
 * topic of dead letters, and the answers that came since the count before; the next begins {@value #SHARE} times as
 * long after it as it took, so that counting costs a fiftieth of one thread at most. No event depends on it: it is
 * always ready. Any thread may call {@link #health}.
 */
public final class DeadLetterWatch implements Stage {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterWatch.class);
    private static final int SHARE = 50;
    private static final String OTHER = "other";

    private final Settings settings;
    private final KnownMarks marks;
    private final Duration every;
    private final int share;
    private final Clock clock;
    private final RegisteredMeters meters;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "dead-letter-watch");
    private volatile @Nullable Count count;
    private volatile long wantedNanos = System.nanoTime();

    /**
     * A count.
     *
     * @param open by reason
     * @param oldestAt when the oldest of them failed last
     * @param at when it began: what failed or was answered later may be missing
     */
    public record Count(Map<String, Long> open, Optional<Instant> oldestAt, Instant at) {
        public Count {
            open = Map.copyOf(open);
        }

        /** Of all reasons. */
        public long sum() {
            return open.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** @param share how many times as long as a count took the next one waits, at least */
    DeadLetterWatch(
            Settings settings, KnownMarks marks, Duration every, int share, Clock clock, MeterRegistry registry) {
        this.settings = settings;
        this.marks = marks;
        this.every = every;
        this.share = share;
        this.clock = clock;
        this.meters = new RegisteredMeters(registry);
        thread.setDaemon(true);
        for (DeadLetterReason reason : DeadLetterReason.values()) {
            meters.gauge(DeadLetterMeter.OPEN, () -> open(reason.name()), reason.name());
        }
        meters.gauge(DeadLetterMeter.OPEN, () -> open(OTHER), OTHER);
        meters.gauge(DeadLetterMeter.OLDEST_AGE, this::oldestSeconds);
        meters.gauge(
                DeadLetterMeter.AGE,
                () -> Duration.ofNanos(System.nanoTime() - wantedNanos).toMillis() / 1000.0);
    }

    /** Empty where it is turned off. */
    public static Optional<DeadLetterWatch> of(Settings settings, KnownMarks marks, MeterRegistry registry) {
        return settings.replay()
                .countEvery()
                .map(every -> new DeadLetterWatch(settings, marks, every, SHARE, Clock.systemUTC(), registry));
    }

    @Override
    public String name() {
        return "dead-letters";
    }

    @Override
    public void start() {
        thread.start();
    }

    /** The last count; empty before the first. */
    public Optional<Count> last() {
        return Optional.ofNullable(count);
    }

    @Override
    public StageHealth health() {
        Count last = count;
        return StageHealth.flowing(
                last == null
                        ? "not counted yet"
                        : CountText.of(last.sum(), "dead letter", "is open", "are open")
                                + last.oldestAt()
                                        .map(oldest -> ", the oldest since " + oldest)
                                        .orElse(""));
    }

    @Override
    public void close(Duration atMost) {
        stop.countDown();
        Stage.end(thread, atMost);
        meters.close();
    }

    private void run() {
        try {
            Duration wait;
            do {
                wait = next(counted());
            } while (!stop.await(wait.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException | InterruptException stopped) {
            LOG.info("event=dead_letter_watch_stopped");
        }
    }

    /** The time to the next count. */
    private Duration next(Duration took) {
        Duration rest = took.multipliedBy(share);
        return rest.compareTo(every) > 0 ? rest : every;
    }

    /** Returns how long it took. The last count holds where it fails, and grows old. */
    private Duration counted() throws InterruptedException {
        long began = System.nanoTime();
        try {
            count().ifPresent(found -> {
                count = found;
                wantedNanos = System.nanoTime();
            });
        } catch (InterruptException stopped) {
            throw stopped;
        } catch (RuntimeException failed) {
            // Mostly Kafka or the registry being away. Whatever it is, they are counted again.
            LOG.warn(
                    "event=dead_letters_not_counted again_in_s={} why={}",
                    every.toSeconds(),
                    VisibleText.logged(failed));
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** Empty if it was stopped. */
    private Optional<Count> count() throws InterruptedException {
        var open = new TreeMap<String, Long>();
        Instant began = clock.instant();
        Instant[] oldest = {Instant.MAX};
        DeadLetterMarks answers = marks.required(TopicReader.AS_LONG_AS_IT_GOES_ON);
        new DeadLetterScan(settings).run(DeadLetterFilter.open(), answers, new DeadLetterScan.Visitor() {
            @Override
            public boolean visit(StoredDeadLetter stored) {
                open.merge(stored.reason().map(Enum::name).orElse(OTHER), 1L, Long::sum);
                Instant at = stored.letter().getLastFailedAt();
                oldest[0] = at.isBefore(oldest[0]) ? at : oldest[0];
                return passed();
            }

            @Override
            public boolean passed() {
                return stop.getCount() > 0;
            }
        });
        return stop.getCount() == 0
                ? Optional.empty()
                : Optional.of(new Count(open, Optional.of(oldest[0]).filter(at -> !at.equals(Instant.MAX)), began));
    }

    private double open(String reason) {
        Count last = count;
        return last == null ? Double.NaN : last.open().getOrDefault(reason, 0L);
    }

    private double oldestSeconds() {
        Count last = count;
        return last == null
                ? Double.NaN
                : last.oldestAt()
                        .map(at -> Math.max(
                                0, Duration.between(at, clock.instant()).toMillis() / 1000.0))
                        .orElse(0.0);
    }
}
