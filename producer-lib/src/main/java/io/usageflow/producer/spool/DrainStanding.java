package io.usageflow.producer.spool;

import io.usageflow.schema.text.VisibleText;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far a log is drained, for whoever asks, for the log, and for the next start. Written by the drainer's thread only. */
final class DrainStanding {
    private static final Logger LOG = LoggerFactory.getLogger(DrainStanding.class);
    private static final long SAVE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long NONE = Long.MIN_VALUE;

    private final String topic;
    private final Progress progress;
    private final AgeAlert alert;
    private final Clock clock;

    private final AtomicLong settled = new AtomicLong();
    private volatile long oldestAtMs;
    private volatile @Nullable String hindrance;

    private Progress.@Nullable Mark unsaved;
    private long savedAtNanos = System.nanoTime();

    /** @param oldestAtMs of what was found on opening; null for nothing */
    DrainStanding(String topic, Progress progress, Duration alertAge, @Nullable Long oldestAtMs, Clock clock) {
        this.topic = topic;
        this.progress = progress;
        this.alert = new AgeAlert(alertAge);
        this.clock = clock;
        this.oldestAtMs = oldestAtMs == null ? NONE : oldestAtMs;
    }

    /** Records that need no more keeping, since the start. */
    long settled() {
        return settled.get();
    }

    Optional<Long> oldestAtMs() {
        long at = oldestAtMs;
        return at == NONE ? Optional.empty() : Optional.of(at);
    }

    Optional<String> hindrance() {
        return Optional.ofNullable(hindrance);
    }

    void settled(long count, SpoolRecord last) {
        settled.addAndGet(count);
        unsaved = new Progress.Mark(last.segment().number(), last.segment().identity(), last.end());
        if (hindrance != null) {
            hindrance = null;
            LOG.info("the spool drains again, topic={}", topic);
        }
    }

    void hindered(String why) {
        if (!why.equals(hindrance)) {
            hindrance = why;
            LOG.warn("the spool waits, topic={} because={}", topic, VisibleText.logged(why));
        }
    }

    /** Now and then: saves, and looks at the oldest record's age. */
    void look(Optional<SpoolRecord> oldest) {
        oldestAtMs = oldest.map(SpoolRecord::acceptedAtMs).orElse(NONE);
        long nowNanos = System.nanoTime();
        if (nowNanos - savedAtNanos < SAVE_NANOS) {
            return;
        }
        savedAtNanos = nowNanos;
        save();
        switch (alert.at(clock.millis(), oldest.isPresent(), oldestAtMs)) {
            case RAISED ->
                LOG.warn(
                        "the spool's oldest event waits for more than spool.alert.age, topic={} because={}",
                        topic,
                        VisibleText.logged(
                                hindrance == null
                                        ? "Kafka does not answer, or takes less than is published"
                                        : hindrance));
            case OVER -> LOG.info("no event in the spool is older than spool.alert.age any more, topic={}", topic);
            case NONE -> {}
        }
    }

    void close() {
        save();
        try {
            progress.close();
        } catch (IOException e) {
            LOG.warn("how far the spool is drained could not be saved; some events will be sent again", e);
        }
    }

    private void save() {
        if (unsaved == null) {
            return;
        }
        try {
            progress.save(unsaved);
            unsaved = null;
        } catch (IOException e) {
            LOG.debug("how far the spool is drained could not be saved; after a crash more is sent again", e);
        }
    }
}
