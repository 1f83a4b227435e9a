package io.usageflow.producer.internal;

import io.usageflow.producer.PublisherStatistics;
import io.usageflow.producer.RefusalReason;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what becomes of what is published. Thread-safe; on the caller's path nothing is allocated and no two threads
 * write to the same place for long.
 */
public final class Tally implements PublisherStatistics {
    private final LongAdder published = new LongAdder();
    private final LongAdder durable = new LongAdder();
    private final LongAdder inFlightBytes = new LongAdder();
    private final LongAdder suspectIds = new LongAdder();
    private final LongAdder[] refused = new LongAdder[RefusalReason.values().length];

    /** Never changed in place: read without a lock for every event. */
    private volatile LongConsumer[] listeners = {};

    private volatile Supplier<Duration> oldestInFlight = () -> Duration.ZERO;

    public Tally() {
        Arrays.setAll(refused, reason -> new LongAdder());
    }

    void oldestInFlightFrom(Supplier<Duration> age) {
        oldestInFlight = age;
    }

    /** Begins every call of the application: counts it, and its refusal where the form breaks a rule. */
    public <T extends @Nullable Object> T formed(Supplier<T> form) {
        published.increment();
        try {
            return form.get();
        } catch (RuntimeException e) {
            addRefused(RefusalReason.INVALID);
            throw e;
        }
    }

    /** {@link AvroForm#checkSize}, counted. */
    public void sized(AvroForm form, int wireBytes) {
        try {
            form.checkSize(wireBytes);
        } catch (RuntimeException e) {
            addRefused(RefusalReason.TOO_LARGE);
            throw e;
        }
    }

    public void addDurable(long latencyNanos) {
        durable.increment();
        for (LongConsumer listener : listeners) {
            listener.accept(latencyNanos);
        }
    }

    public void addRefused(RefusalReason reason) {
        refused[reason.ordinal()].increment();
    }

    public void addSuspectId() {
        suspectIds.increment();
    }

    /** @param bytes negative for what has left */
    void addInFlight(long bytes) {
        inFlightBytes.add(bytes);
    }

    @Override
    public long published() {
        return published.sum();
    }

    @Override
    public long durable() {
        return durable.sum();
    }

    @Override
    public long refused(RefusalReason reason) {
        return refused[reason.ordinal()].sum();
    }

    @Override
    public long inFlight() {
        // What has ended is read first, so that an event that ends meanwhile is not missing from what was published.
        long ended =
                durable.sum() + Arrays.stream(refused).mapToLong(LongAdder::sum).sum();
        return published.sum() - ended;
    }

    @Override
    public Duration oldestInFlight() {
        return oldestInFlight.get();
    }

    @Override
    public long inFlightBytes() {
        return inFlightBytes.sum();
    }

    @Override
    public long suspectIds() {
        return suspectIds.sum();
    }

    @Override
    public synchronized void onDurable(LongConsumer latencyNanos) {
        LongConsumer[] more = Arrays.copyOf(listeners, listeners.length + 1);
        more[listeners.length] = latencyNanos;
        listeners = more;
    }
}
