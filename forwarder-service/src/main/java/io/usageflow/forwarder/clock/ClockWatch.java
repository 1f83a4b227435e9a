package io.usageflow.forwarder.clock;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.config.ProcessSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.forwarder.observe.meter.ProcessMeters;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares this machine's clock with the broker's, at start and then once a minute. With a wrong clock, events would
 * count as too old or too new, deadlines would expire at once, and records would have wrong times. It has one thread of
 * its own; any thread may call {@link #health}.
 */
public final class ClockWatch implements Stage {
    private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final Supplier<Duration> measured;
    private final Runnable disconnect;
    private final Duration skewMax;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "clock-watch");
    private volatile Duration ahead;

    private ClockWatch(Supplier<Duration> measured, Runnable disconnect, Duration skewMax, MeterRegistry meters) {
        this.measured = measured;
        this.disconnect = disconnect;
        this.skewMax = skewMax;
        this.ahead = measured.get();
        requireRight();
        thread.setDaemon(true);
        Gauge.builder(ProcessMeters.CLOCK_AHEAD, () -> ahead.toMillis() / 1000.0)
                .description(ProcessMeters.CLOCK_AHEAD_DOC)
                .baseUnit("seconds")
                .register(meters);
    }

    /**
     * Creates the watch and compares once.
     *
     * @throws WrongClockException if the clocks differ by more than {@value ProcessSettings#CLOCK_SKEW_MAX}
     * @throws KafkaException if Kafka refuses or does not answer
     */
    public static ClockWatch of(Settings settings, MeterRegistry meters) {
        BrokerTime broker = BrokerTime.connect(settings);
        try {
            return of(broker::ahead, broker::close, settings.process().clockSkewMax(), meters);
        } catch (RuntimeException refused) {
            broker.close();
            throw refused;
        }
    }

    static ClockWatch of(Supplier<Duration> measured, Runnable disconnect, Duration skewMax, MeterRegistry meters) {
        return new ClockWatch(measured, disconnect, skewMax, meters);
    }

    private void requireRight() {
        if (isWrong()) {
            throw new WrongClockException(described());
        }
    }

    private boolean isWrong() {
        return ahead.abs().compareTo(skewMax) > 0;
    }

    private String described() {
        return "this machine's clock is " + ahead.abs().toSeconds() + " s "
                + (ahead.isNegative() ? "behind" : "ahead of") + " the broker's, more than "
                + ProcessSettings.CLOCK_SKEW_MAX + "=" + skewMax.toSeconds()
                + "s: set the clock that is wrong (chrony, systemd-timesyncd)";
    }

    @Override
    public String name() {
        return "clock";
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public StageHealth health() {
        return isWrong()
                ? StageHealth.waiting(described())
                : StageHealth.flowing(
                        "agrees with the broker's to " + Math.max(1, ahead.abs().toSeconds()) + " s");
    }

    private void run() {
        try {
            while (!stop.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                compare();
            }
        } catch (InterruptedException | InterruptException stopped) {
            LOG.info("event=clock_watch_stopped");
        }
    }

    /** If Kafka does not answer, the last result holds; other parts report that Kafka is away. */
    void compare() {
        try {
            ahead = measured.get();
            if (isWrong()) {
                LOG.error("event=clock_wrong ahead_s={} why=\"{}\"", ahead.toSeconds(), described());
            }
        } catch (InterruptException stopped) {
            throw stopped;
        } catch (KafkaException away) {
            LOG.warn("event=clock_not_compared again_in_s={} why={}", EVERY.toSeconds(), VisibleText.logged(away));
        }
    }

    @Override
    public void close(Duration atMost) {
        stop.countDown();
        thread.interrupt();
        disconnect.run();
    }

    /** This machine's clock and the broker's differ too much. The message says by how much, and what to do. */
    public static final class WrongClockException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WrongClockException(String message) {
            super(message);
        }
    }
}
