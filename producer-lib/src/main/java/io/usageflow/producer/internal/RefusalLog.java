package io.usageflow.producer.internal;

import io.usageflow.producer.PublishException;
import io.usageflow.producer.RefusalReason;
import io.usageflow.schema.text.VisibleText;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of events that did not become durable, for applications that do not look at their futures. For each reason a line
 * when it begins, one a minute while it goes on, and one with the number when nothing has been refused for ten seconds.
 * Names ids and reasons, never what events hold. Thread-safe.
 */
final class RefusalLog {
    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    static final long REPEAT_NANOS = TimeUnit.MINUTES.toNanos(1);
    static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier nanoTime;
    private final @Nullable Episode[] episodes = new @Nullable Episode[RefusalReason.values().length];
    /** So that an event that became durable takes no lock while nothing has been refused. */
    private volatile boolean any;

    private volatile long lastRefusedNanos;

    RefusalLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void refused(PublishException failure) {
        long now = nanoTime.getAsLong();
        Episode episode = episodes[failure.reason().ordinal()];
        if (episode == null) {
            episodes[failure.reason().ordinal()] = new Episode(now);
            LOG.warn(
                    "not durable, reason={} because={}",
                    failure.reason().tag(),
                    VisibleText.logged(failure.getMessage()));
        } else {
            episode.add(failure.reason(), now);
        }
        lastRefusedNanos = now;
        any = true;
    }

    /** Something became durable: the time to see whether it is over. */
    void durable() {
        if (any && nanoTime.getAsLong() - lastRefusedNanos >= QUIET_NANOS) {
            end();
        }
    }

    /** Says what has not been said yet. */
    synchronized void end() {
        for (RefusalReason reason : RefusalReason.values()) {
            Episode episode = episodes[reason.ordinal()];
            if (episode != null) {
                episodes[reason.ordinal()] = null;
                LOG.warn(
                        "over: reason={} events={} seconds={}",
                        reason.tag(),
                        episode.count,
                        TimeUnit.NANOSECONDS.toSeconds(episode.lastNanos - episode.firstNanos));
            }
        }
        any = false;
    }

    /** Guarded by the log's lock. */
    private static final class Episode {
        private final long firstNanos;
        private long lastNanos;
        private long toldNanos;
        private long count = 1;

        Episode(long now) {
            firstNanos = now;
            lastNanos = now;
            toldNanos = now;
        }

        void add(RefusalReason reason, long now) {
            count++;
            lastNanos = now;
            if (now - toldNanos >= REPEAT_NANOS) {
                toldNanos = now;
                LOG.warn("still not durable, reason={} events={}", reason.tag(), count);
            }
        }
    }
}
