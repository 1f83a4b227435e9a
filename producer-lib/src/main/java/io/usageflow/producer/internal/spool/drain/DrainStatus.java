package io.usageflow.producer.internal.spool.drain;

import io.usageflow.producer.internal.spool.segment.SpoolRecord;
import io.usageflow.schema.file.PrivateFiles;
import io.usageflow.schema.text.VisibleText;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far a log is drained: for callers, for the log file, and for the next start. Written by the drainer's thread. */
public final class DrainStatus {
    private static final Logger LOG = LoggerFactory.getLogger(DrainStatus.class);
    private static final long SAVE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long NONE = Long.MIN_VALUE;

    private final String topic;
    private final DrainPosition position;
    private final AgeAlert alert;
    private final Clock clock;
    private final AtomicLong settled = new AtomicLong();
    private volatile long oldestAtMs;
    private volatile @Nullable String hindrance;
    private DrainPosition.@Nullable Position unsaved;
    private long savedAtNanos = System.nanoTime();

    /** @param oldestAtMs of the records found at opening; null for none */
    public DrainStatus(
            String topic, DrainPosition position, Duration alertAge, @Nullable Long oldestAtMs, Clock clock) {
        this.topic = topic;
        this.position = position;
        this.alert = new AgeAlert(alertAge);
        this.clock = clock;
        this.oldestAtMs = oldestAtMs == null ? NONE : oldestAtMs;
    }

    /** How many records were acknowledged or set aside since the start. */
    public long settled() {
        return settled.get();
    }

    public Optional<Long> oldestAtMs() {
        long at = oldestAtMs;
        return at == NONE ? Optional.empty() : Optional.of(at);
    }

    public Optional<String> hindrance() {
        return Optional.ofNullable(hindrance);
    }

    void settled(long count, SpoolRecord last) {
        settled.addAndGet(count);
        unsaved = new DrainPosition.Position(
                last.segment().number(), last.segment().identity(), last.end());
        if (hindrance != null) {
            hindrance = null;
            LOG.info("event=spool_unblocked topic={}", topic);
        }
    }

    void blocked(String why) {
        if (!why.equals(hindrance)) {
            hindrance = why;
            LOG.warn("event=spool_blocked topic={} why={}", topic, VisibleText.logged(why));
        }
    }

    /** Called often: saves the position now and then, and checks the age of the oldest record. */
    void update(Optional<SpoolRecord> oldest) {
        oldestAtMs = oldest.map(SpoolRecord::acceptedAtMs).orElse(NONE);
        long nowNanos = System.nanoTime();
        if (nowNanos - savedAtNanos < SAVE_NANOS) {
            return;
        }
        savedAtNanos = nowNanos;
        save();
        switch (alert.update(clock.millis(), oldest.isPresent(), oldestAtMs)) {
            case RAISED ->
                LOG.warn(
                        "event=spool_oldest_too_old setting=spool.alert.age.ms topic={} why={}",
                        topic,
                        VisibleText.logged(
                                hindrance == null
                                        ? "Kafka does not answer, or takes less than is published"
                                        : hindrance));
            case CLEARED -> LOG.info("event=spool_oldest_ok setting=spool.alert.age.ms topic={}", topic);
            case NONE -> {}
        }
    }

    void close() {
        save();
        try {
            position.close();
        } catch (IOException e) {
            LOG.warn("event=spool_position_not_saved topic={} effect=\"some events are sent again\"", topic, e);
        }
    }

    private void save() {
        if (unsaved == null) {
            return;
        }
        try {
            position.save(unsaved);
            unsaved = null;
        } catch (IOException e) {
            LOG.debug("event=spool_position_not_saved topic={}", topic, e);
        }
    }

    /** Reports once when the oldest event becomes too old, and once when none is any more. Not thread-safe. */
    static final class AgeAlert {
        private final long ageMsMax;
        private boolean raised;

        enum Change {
            NONE,
            RAISED,
            CLEARED
        }

        AgeAlert(Duration ageMax) {
            this.ageMsMax = ageMax.toMillis();
        }

        /**
         * @param waiting whether any event waits
         * @param oldestAtMs when the oldest one was published
         */
        Change update(long nowMs, boolean waiting, long oldestAtMs) {
            boolean tooOld = waiting && nowMs - oldestAtMs > ageMsMax;
            if (tooOld == raised) {
                return Change.NONE;
            }
            raised = tooOld;
            return tooOld ? Change.RAISED : Change.CLEARED;
        }
    }

    /**
     * The position up to which Kafka has acknowledged a log, in a small file with two slots. Writes alternate between
     * the slots, so a torn write leaves the other one intact. Not forced to disk while draining: after a crash some
     * records are sent again, and admission recognizes their ids. Not thread-safe.
     */
    public static final class DrainPosition implements Closeable {
        private static final String FILE = "progress";
        private static final int SLOT_BYTES = 64;
        private static final int USED_BYTES = 4 * Long.BYTES;

        private final FileChannel channel;
        private final Optional<Position> found;
        private long turn;

        /**
         * @param segment its number
         * @param identity of the segment, so that the offset is never applied to another file
         * @param offset all records before it are acknowledged
         */
        record Position(long segment, long identity, long offset) {}

        public DrainPosition(Path directory) throws IOException {
            channel = PrivateFiles.open(
                    directory.resolve(FILE),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            Optional<Position> newest = Optional.empty();
            for (int slot = 0; slot < 2; slot++) {
                ByteBuffer in = ByteBuffer.allocate(SLOT_BYTES);
                int read = channel.read(in, (long) slot * SLOT_BYTES);
                in.flip();
                if (read >= USED_BYTES + Integer.BYTES
                        && in.getInt(USED_BYTES) == checksum(in)
                        && in.getLong(0) > turn) {
                    turn = in.getLong(0);
                    newest = Optional.of(new Position(in.getLong(8), in.getLong(16), in.getLong(24)));
                }
            }
            found = newest;
        }

        /** The position at the time of opening. */
        public Optional<Position> found() {
            return found;
        }

        void save(Position position) throws IOException {
            turn++;
            ByteBuffer out = ByteBuffer.allocate(SLOT_BYTES);
            out.putLong(turn)
                    .putLong(position.segment)
                    .putLong(position.identity)
                    .putLong(position.offset);
            out.putInt(checksum(out));
            out.clear();
            channel.write(out, turn % 2 * SLOT_BYTES);
        }

        @Override
        public void close() throws IOException {
            try (channel) {
                channel.force(false);
            }
        }

        private static int checksum(ByteBuffer slot) {
            CRC32C crc = new CRC32C();
            crc.update(slot.array(), slot.arrayOffset(), USED_BYTES);
            return (int) crc.getValue();
        }
    }
}
