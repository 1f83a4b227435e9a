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
 * Waits in place while the registry is away: that is no fault of the events, and their turn must not pass. The wait is
 * bounded, because Kafka aborts a transaction that is open for 10 s ({@code transaction.timeout.ms} as Streams sets it)
 * and takes the partitions of a consumer that does not poll; after the bound the exception is thrown, the thread is
 * replaced, and the same records come again.
 *
 * <p>Decoding and encoding need the registry only for a schema they have not met yet, so this costs nothing as a rule.
 */
public final class RegistryRetry {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryRetry.class);

    static final Duration WAIT_MAX = Duration.ofSeconds(5);
    private static final long PAUSE_MS_MIN = 50;
    private static final long PAUSE_MS_MAX = 1000;

    private final RegistryStatus watch;
    private final LongSupplier nanoClock;
    private final Sleeper sleeper;

    /** Where a thread waits; a test puts its clock forward instead. */
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

    /** @throws KafkaException what the work throws: that the registry is away only after {@link #WAIT_MAX}, or where the stage stops */
    public <T> T call(Supplier<T> work) {
        try {
            return work.get();
        } catch (KafkaException failure) {
            if (!RegistryAbsence.isCauseOf(failure)) {
                throw failure;
            }
            return waiting(work, failure);
        }
    }

    private <T> T waiting(Supplier<T> work, KafkaException first) {
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
     * Whether the registry is away, as the threads of the stage last met it. Thread-safe.
     *
     * <p>A thread that gave up says nothing more, and the one in its place may not need the registry: so word of an absence
     * holds for {@link #HOLDS} unless it is renewed.
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

        /** A thread that waited has got its answer. */
        void back() {
            latest.set(null);
        }

        /** Why it is away, where it is. */
        public Optional<String> whyAway() {
            Absence absence = latest.get();
            return absence != null && nanoClock.getAsLong() - absence.sinceNanos < HOLDS.toNanos()
                    ? Optional.of(absence.why)
                    : Optional.empty();
        }

        /** The stage stops: threads stop waiting. */
        public void stop() {
            stopping = true;
        }

        boolean stopping() {
            return stopping;
        }
    }
}
