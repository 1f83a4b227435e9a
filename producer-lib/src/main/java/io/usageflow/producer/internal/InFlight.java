package io.usageflow.producer.internal;

import io.usageflow.producer.PublishException;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.Undelivered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * All that was accepted and is neither durable nor failed; what flush and close wait for and report. Thread-safe. Bounded
 * by the lanes' waiting rooms and Kafka's buffer.
 */
final class InFlight {
    private final Tally tally;
    private final RefusalLog refusals;
    private final IdCheck ids;
    private final Set<Parcel<?>> parcels = ConcurrentHashMap.newKeySet();
    private final AtomicLong numbers = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition removed = lock.newCondition();
    /** So that nobody takes the lock while nobody waits. */
    private volatile int waiters;

    private volatile boolean abandoning;

    InFlight(Tally tally) {
        this(tally, new RefusalLog(System::nanoTime), new IdCheck(false, tally, System::nanoTime));
    }

    InFlight(Tally tally, RefusalLog refusals, IdCheck ids) {
        this.tally = tally;
        this.refusals = refusals;
        this.ids = ids;
        tally.oldestInFlightFrom(this::oldest);
    }

    private Duration oldest() {
        long now = System.nanoTime();
        return Duration.ofNanos(parcels.stream()
                .mapToLong(parcel -> now - parcel.bornAtNanos())
                .max()
                .orElse(0));
    }

    /** From here on Kafka's client is being closed, and fails what it still has. */
    void abandoning() {
        abandoning = true;
    }

    /** Why Kafka's client failed a record. */
    RefusalReason reason(Exception failure) {
        if (failure instanceof TimeoutException) {
            return RefusalReason.TIMEOUT;
        }
        // Nothing more special than this class when it is closed with records left.
        return abandoning && failure.getClass() == KafkaException.class
                ? RefusalReason.ABANDONED
                : RefusalReason.REJECTED;
    }

    long nextNumber() {
        return numbers.getAndIncrement();
    }

    void add(Parcel<?> parcel) {
        tally.addInFlight(parcel.bytes());
        parcels.add(parcel);
    }

    /** Ends the parcel; what has ended already is not counted twice. */
    void durable(Parcel<?> parcel) {
        if (parcel.ends()) {
            tally.addDurable(System.nanoTime() - parcel.bornAtNanos());
            refusals.durable();
            remove(parcel);
        }
    }

    /** As {@link #durable}, for one that failed. */
    void refused(Parcel<?> parcel, PublishException failure) {
        if (parcel.ends()) {
            tally.addRefused(failure.reason());
            refusals.refused(failure);
            ids.failed(parcel);
            remove(parcel);
        }
    }

    /** After it was counted: whoever waits for it may look at the counts next. */
    private void remove(Parcel<?> parcel) {
        tally.addInFlight(-parcel.bytes());
        parcels.remove(parcel);
        if (waiters > 0) {
            lock.lock();
            try {
                removed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Oldest first. */
    List<Parcel<?>> snapshot() {
        List<Parcel<?>> snapshot = new ArrayList<>(parcels);
        snapshot.sort(Comparator.comparingLong(Parcel::number));
        return snapshot;
    }

    /**
     * Waits until none of them is in flight any more, the deadline is over, or the thread is interrupted (which it then
     * still is).
     */
    void await(List<Parcel<?>> awaited, long deadlineNanos) {
        lock.lock();
        waiters++;
        try {
            int next = 0;
            while (true) {
                while (next < awaited.size() && !parcels.contains(awaited.get(next))) {
                    next++;
                }
                long left = deadlineNanos - System.nanoTime();
                if (next == awaited.size() || left <= 0) {
                    return;
                }
                // The bound is for a removal between the look above and the first sight of this waiter.
                removed.awaitNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            waiters--;
            lock.unlock();
        }
    }

    /** Those of them that are not durable. */
    static Undelivered report(List<Parcel<?>> parcels) {
        long count = 0;
        List<String> ids = new ArrayList<>();
        Map<RefusalReason, Long> refused = new EnumMap<>(RefusalReason.class);
        for (Parcel<?> parcel : parcels) {
            if (!parcel.isDurable()) {
                count++;
                RefusalReason reason = parcel.refusedFor();
                if (reason != null) {
                    refused.merge(reason, 1L, Long::sum);
                }
                if (ids.size() < Undelivered.IDS_MAX) {
                    ids.add(parcel.id());
                }
            }
        }
        return count == 0 ? Undelivered.NOTHING : new Undelivered(count, ids, refused);
    }
}
