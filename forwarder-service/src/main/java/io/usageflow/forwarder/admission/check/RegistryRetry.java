package io.usageflow.forwarder.admission.check;

import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retries work while the registry is unavailable, and blocks its thread to keep the order of events. The wait is
 * bounded, because Kafka aborts a transaction that is open for 10 s ({@code transaction.timeout.ms} in Streams). Then
 * the exception is thrown, the thread is replaced, and the same records are read again.
 *
 * <p>Decoding and encoding need the registry only for a new schema, so this usually costs nothing.
 */
public final class RegistryRetry {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryRetry.class);

    static final Duration WAIT_MAX = Duration.ofSeconds(5);
    private static final long PAUSE_MS_MIN = 50;
    private static final long PAUSE_MS_MAX = 1000;

    private final RegistryStatus watch;
    private final LongSupplier nanoClock;
    private final Sleeper sleeper;

    /** Sleeps; a test advances its clock instead. */
    interface Sleeper {
        void sleep(long millis) throws InterruptedException;
    }

    public RegistryRetry(RegistryStatus watch) {
        this(watch, System::nanoTime, Thread::sleep);
    }

    RegistryRetry(RegistryStatus watch, LongSupplier nanoClock, Sleeper sleeper) {
        this.watch = watch;
        this.nanoClock = nanoClock;
        this.sleeper = sleeper;
    }

    /**
     * Runs the work, with retries.
     *
     * @throws KafkaException the work's own; for an unavailable registry only after {@link #WAIT_MAX} or when the stage
     *     stops
     */
    public <T> T call(Supplier<T> work) {
        try {
            return work.get();
        } catch (KafkaException failure) {
            if (!RegistryAbsence.isCauseOf(failure)) {
                throw failure;
            }
            return retry(work, failure);
        }
    }

    private <T> T retry(Supplier<T> work, KafkaException first) {
        LOG.warn("event=registry_away action=waiting why={}", VisibleText.logged(first));
        long deadline = nanoClock.getAsLong() + WAIT_MAX.toNanos();
        long pauseMs = PAUSE_MS_MIN;
        KafkaException latest = first;
        watch.away(first);
        while (nanoClock.getAsLong() < deadline && !watch.stopping()) {
            pause(pauseMs, latest);
            try {
                T result = work.get();
                watch.back();
                LOG.info("event=registry_back");
                return result;
            } catch (KafkaException failure) {
                if (!RegistryAbsence.isCauseOf(failure)) {
                    watch.back();
                    throw failure;
                }
                latest = failure;
                watch.away(failure);
                pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX);
            }
        }
        throw latest;
    }

    private void pause(long millis, KafkaException why) {
        try {
            sleeper.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw why;
        }
    }

    /**
     * Whether the registry is unavailable for the threads of the stage. Thread-safe.
     *
     * <p>An absence expires after {@link #HOLDS}: a thread that gave up does not report the registry's return, and its
     * successor may not need the registry.
     */
    public static final class RegistryStatus {
        static final Duration HOLDS = Duration.ofSeconds(15);

        private record Absence(String why, long sinceNanos) {}

        private final LongSupplier nanoClock;
        private final AtomicReference<@Nullable Absence> latest = new AtomicReference<>();
        private volatile boolean stopping;

        public RegistryStatus() {
            this(System::nanoTime);
        }

        RegistryStatus(LongSupplier nanoClock) {
            this.nanoClock = nanoClock;
        }

        void away(KafkaException failure) {
            latest.set(new Absence(String.valueOf(failure.getMessage()), nanoClock.getAsLong()));
        }

        /** The registry answered a waiting thread. */
        void back() {
            latest.set(null);
        }

        /** Why the registry is unavailable; empty if it is available. */
        public Optional<String> whyAway() {
            Absence absence = latest.get();
            return absence != null && nanoClock.getAsLong() - absence.sinceNanos < HOLDS.toNanos()
                    ? Optional.of(absence.why)
                    : Optional.empty();
        }

        /** Ends all waits, since the stage stops. */
        public void stop() {
            stopping = true;
        }

        boolean stopping() {
            return stopping;
        }
    }
}
