package io.usageflow.producer.internal.accounting;

import io.usageflow.producer.PublisherStatistics;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.internal.encode.AvroRecords;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts published records and their results. Thread-safe. The caller's path allocates nothing and has no contended
 * counter.
 */
public final class PublisherCounters implements PublisherStatistics {
    private final LongAdder published = new LongAdder();
    private final LongAdder durable = new LongAdder();
    private final LongAdder inFlightBytes = new LongAdder();
    private final LongAdder suspectIds = new LongAdder();
    private final Map<RefusalReason, LongAdder> refused = new EnumMap<>(RefusalReason.class);

    /** Copied on change: read without a lock for every event. */
    private volatile LongConsumer[] listeners = {};

    private volatile Supplier<Duration> oldestInFlight = () -> Duration.ZERO;

    public PublisherCounters() {
        for (RefusalReason reason : RefusalReason.values()) {
            refused.put(reason, new LongAdder());
        }
    }

    void oldestInFlightFrom(Supplier<Duration> age) {
        oldestInFlight = age;
    }

    /** Counts a call of the application, and its refusal if the record breaks a rule. */
    public <T extends @Nullable Object> T countPublish(Supplier<T> record) {
        published.increment();
        try {
            return record.get();
        } catch (RuntimeException e) {
            addRefused(RefusalReason.INVALID);
            throw e;
        }
    }

    /** {@link AvroRecords#checkSize}, with its refusal counted. */
    public void checkSize(AvroRecords records, int wireBytes) {
        try {
            records.checkSize(wireBytes);
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
        counter(reason).increment();
    }

    private LongAdder counter(RefusalReason reason) {
        return Objects.requireNonNull(refused.get(reason));
    }

    public void addSuspectId() {
        suspectIds.increment();
    }

    /** @param bytes negative for a record that has ended */
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
        return counter(reason).sum();
    }

    @Override
    public long inFlight() {
        // Ended events are read first, so that the result is never negative.
        long ended = durable.sum()
                + refused.values().stream().mapToLong(LongAdder::sum).sum();
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
