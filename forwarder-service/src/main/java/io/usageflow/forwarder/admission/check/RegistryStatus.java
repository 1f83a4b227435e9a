package io.usageflow.forwarder.admission.check;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the registry is away, as the threads of the stage last met it. Thread-safe.
 *
 * <p>A thread that gave up says nothing more, and the one in its place may not need the registry: so word of an absence
 * holds for {@link #HOLDS} unless it is renewed.
 */
public final class RegistryStatus {
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
