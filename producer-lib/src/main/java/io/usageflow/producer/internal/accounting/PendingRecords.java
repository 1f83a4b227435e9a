package io.usageflow.producer.internal.accounting;

import io.usageflow.producer.PublishException;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.Undelivered;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All records that were accepted and are neither durable nor failed: flush and close wait for them and report them.
 * Bounded by the buffers. Thread-safe.
 */
public final class PendingRecords {
    private final PublisherCounters counters;
    private final RefusalLog refusals;
    private final SuspectIdDetector suspectIds;
    private final Set<PendingRecord<?>> records = ConcurrentHashMap.newKeySet();
    private final AtomicLong sequences = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition removed = lock.newCondition();
    /** 0: no record takes the lock when it ends. */
    private final AtomicInteger waiters = new AtomicInteger();

    private volatile boolean startAbandoning;

    public PendingRecords(PublisherCounters counters) {
        this(counters, new RefusalLog(System::nanoTime), new SuspectIdDetector(false, counters, System::nanoTime));
    }

    public PendingRecords(PublisherCounters counters, RefusalLog refusals, SuspectIdDetector suspectIds) {
        this.counters = counters;
        this.refusals = refusals;
        this.suspectIds = suspectIds;
        counters.oldestInFlightFrom(this::oldestAge);
    }

    private Duration oldestAge() {
        long now = System.nanoTime();
        return Duration.ofNanos(records.stream()
                .mapToLong(record -> now - record.publishedAtNanos())
                .max()
                .orElse(0));
    }

    /** From now on Kafka's client is being closed, and fails its remaining records. */
    public void startAbandoning() {
        startAbandoning = true;
    }

    /** Why Kafka's client failed a record. */
    RefusalReason refusalReason(Exception failure) {
        if (failure instanceof TimeoutException) {
            return RefusalReason.TIMEOUT;
        }
        // A client that is closed with records left fails them with exactly this class.
        return startAbandoning && failure.getClass() == KafkaException.class
                ? RefusalReason.ABANDONED
                : RefusalReason.REJECTED;
    }

    long nextSequence() {
        return sequences.getAndIncrement();
    }

    public void add(PendingRecord<?> record) {
        counters.addInFlight(record.bytes());
        records.add(record);
    }

    /** Ends the record. A record that has ended is not counted twice. */
    void durable(PendingRecord<?> record) {
        if (record.tryEnd()) {
            counters.addDurable(System.nanoTime() - record.publishedAtNanos());
            refusals.onDurable();
            remove(record);
        }
    }

    /** Like {@link #durable}, for a record that failed. */
    void refused(PendingRecord<?> record, PublishException failure) {
        if (record.tryEnd()) {
            counters.addRefused(failure.reason());
            refusals.onRefused(failure);
            suspectIds.onFailure(record);
            remove(record);
        }
    }

    /** Called after the record was counted: a waiter may read the counters next. */
    private void remove(PendingRecord<?> record) {
        counters.addInFlight(-record.bytes());
        records.remove(record);
        if (waiters.get() > 0) {
            lock.lock();
            try {
                removed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Oldest first. */
    public List<PendingRecord<?>> snapshot() {
        List<PendingRecord<?>> snapshot = new ArrayList<>(records);
        snapshot.sort(Comparator.comparingLong(PendingRecord::sequence));
        return snapshot;
    }

    /**
     * Waits until all of them have ended, the deadline passes, or the thread is interrupted. The interrupt stays set.
     */
    public void await(List<PendingRecord<?>> awaited, long deadlineNanos) {
        lock.lock();
        waiters.incrementAndGet();
        try {
            int next = 0;
            while (true) {
                while (next < awaited.size() && !records.contains(awaited.get(next))) {
                    next++;
                }
                long left = deadlineNanos - System.nanoTime();
                if (next == awaited.size() || left <= 0) {
                    return;
                }
                // The bound covers a removal after the check above, by a thread that did not see this waiter yet.
                removed.awaitNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            waiters.decrementAndGet();
            lock.unlock();
        }
    }

    public static Undelivered report(List<PendingRecord<?>> records) {
        long count = 0;
        List<String> ids = new ArrayList<>();
        Map<RefusalReason, Long> refused = new EnumMap<>(RefusalReason.class);
        for (PendingRecord<?> record : records) {
            if (!record.isDurable()) {
                count++;
                RefusalReason reason = record.refusedFor();
                if (reason != null) {
                    refused.merge(reason, 1L, Long::sum);
                }
                if (ids.size() < Undelivered.IDS_MAX) {
                    ids.add(record.id());
                }
            }
        }
        return count == 0 ? Undelivered.NOTHING : new Undelivered(count, ids, refused);
    }

    /**
     * Logs events that did not become durable, for applications that ignore their futures. For each reason: one line at
     * the first refusal, one per minute while refusals continue, and one with the total after ten seconds without a
     * refusal. Logs ids and reasons, never the content of events. Thread-safe.
     */
    public static final class RefusalLog {
        private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
        static final long REPEAT_NANOS = TimeUnit.MINUTES.toNanos(1);
        static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

        private final LongSupplier nanoTime;
        private final Map<RefusalReason, Episode> episodes = new EnumMap<>(RefusalReason.class);
        /** False: a durable event takes no lock. */
        private volatile boolean any;

        private volatile long lastRefusedNanos;

        public RefusalLog(LongSupplier nanoTime) {
            this.nanoTime = nanoTime;
        }

        synchronized void onRefused(PublishException failure) {
            long now = nanoTime.getAsLong();
            Episode episode = episodes.get(failure.reason());
            if (episode == null) {
                episodes.put(failure.reason(), new Episode(now));
                LOG.warn(
                        "event=not_durable reason={} why={}",
                        failure.reason().tag(),
                        VisibleText.logged(failure.getMessage()));
            } else {
                episode.add(failure.reason(), now);
            }
            lastRefusedNanos = now;
            any = true;
        }

        /** Called when an event became durable: the refusals may be over. */
        void onDurable() {
            if (any && nanoTime.getAsLong() - lastRefusedNanos >= QUIET_NANOS) {
                end();
            }
        }

        /** Logs the totals that are not logged yet. */
        public synchronized void end() {
            episodes.forEach((reason, episode) -> LOG.warn(
                    "event=not_durable_over reason={} events={} seconds={}",
                    reason.tag(),
                    episode.count,
                    TimeUnit.NANOSECONDS.toSeconds(episode.lastNanos - episode.firstNanos)));
            episodes.clear();
            any = false;
        }

        /** Guarded by the log's lock. */
        private static final class Episode {
            private final long firstNanos;
            private long lastNanos;
            private long loggedNanos;
            private long count = 1;

            Episode(long now) {
                firstNanos = now;
                lastNanos = now;
                loggedNanos = now;
            }

            void add(RefusalReason reason, long now) {
                count++;
                lastNanos = now;
                if (now - loggedNanos >= REPEAT_NANOS) {
                    loggedNanos = now;
                    LOG.warn("event=still_not_durable reason={} events={}", reason.tag(), count);
                }
            }
        }
    }
}
