package io.usageflow.producer.internal.accounting;

import io.usageflow.producer.PublishException;
import io.usageflow.producer.RefusalReason;
import io.usageflow.schema.text.VisibleText;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs events that did not become durable, for applications that ignore their futures. For each reason: one line at the
 * first refusal, one per minute while refusals continue, and one with the total after ten seconds without a refusal. Logs
 * ids and reasons, never the content of events. Thread-safe.
 */
public final class RefusalLog {
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
