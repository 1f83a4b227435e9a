package io.usageflow.producer.internal.spool.segment;

import io.usageflow.producer.internal.spool.segment.Segment.SegmentHeader;
import io.usageflow.schema.file.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one log, oldest first. One thread adds at the end, another removes from the front. The shared state is
 * thread-safe.
 *
 * <p>Numbers only grow, across restarts too. A file that was set aside keeps its number and may be moved back.
 */
public final class Segments {
    public static final String SET_ASIDE = "set-aside";

    private static final Logger LOG = LoggerFactory.getLogger(Segments.class);

    private final LogConfig config;
    private final Disk disk;
    private final DiskBudget budget;
    private final ConcurrentSkipListMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong filesAside = new AtomicLong();
    private final AtomicLong gaps = new AtomicLong();

    public Segments(LogConfig facts, Disk disk, DiskBudget budget) {
        this.config = facts;
        this.disk = disk;
        this.budget = budget;
    }

    /** A new segment and its open file. */
    public record NewSegment(Segment segment, Disk.Output output) {}

    /** Adds a segment of an earlier process. Its bytes count from now on. */
    public void add(Segment segment) {
        segments.put(segment.number(), segment);
        reserveNumber(segment.number());
        budget.reserve(segment.end());
    }

    /** New segments get higher numbers than this one. */
    public void reserveNumber(long number) {
        numbers.accumulateAndGet(number, Math::max);
    }

    /** Counts a file that an earlier process set aside. */
    public void addSetAside(long bytes) {
        filesAside.incrementAndGet();
        budget.reserve(bytes);
    }

    /** Creates the newest segment. Its name is durable now; its header becomes durable with the first record. */
    public NewSegment create() throws IOException {
        SegmentHeader header =
                new SegmentHeader(UUID.randomUUID().getMostSignificantBits(), config.topic(), config.schema());
        long number = numbers.incrementAndGet();
        Path path = config.directory().resolve(Segment.fileName(number));
        Disk.Output output = disk.create(path);
        byte[] bytes = header.bytes();
        try {
            output.write(ByteBuffer.wrap(bytes));
            disk.forceDirectory(config.directory());
        } catch (IOException e) {
            closeQuietly(output);
            deleteQuietly(path);
            throw e;
        }
        budget.reserve(bytes.length);
        Segment segment = new Segment(number, path, header, bytes.length, bytes.length, false);
        segments.put(number, segment);
        return new NewSegment(segment, output);
    }

    /** The oldest segment; null if there is none. */
    @Nullable
    public Segment first() {
        return value(segments.firstEntry());
    }

    @Nullable
    public Segment after(Segment segment) {
        return value(segments.higherEntry(segment.number()));
    }

    /** Kafka has all records: deletes the file, or sets it aside if a part could not be read. */
    public void retire(Segment segment) {
        segments.remove(segment.number());
        if (!segment.isDamaged()) {
            deleteQuietly(segment.path());
            budget.release(segment.end());
            return;
        }
        try {
            Path aside = aside().resolve(segment.path().getFileName() + ".damaged");
            Files.move(segment.path(), aside);
            filesAside.incrementAndGet();
        } catch (IOException e) {
            LOG.error("event=spool_set_aside_failed file={} effect=\"it stays where it is\"", segment.path(), e);
        }
    }

    /** Records that a stretch of a segment cannot be read. */
    public void recordDamage(Segment segment, long from, long until) {
        segment.markDamaged();
        gaps.incrementAndGet();
        LOG.error(
                "event=spool_damaged file={} from={} until={} kept_in={} why=\"an unfinished write, or a disk fault\""
                        + " effect=\"events in this range are missing, later ones are sent\" remedy=\"compare with the"
                        + " application's own records of that time, and publish the missing events again\"",
                segment.path(),
                from,
                until,
                config.directory().resolve(SET_ASIDE));
    }

    /**
     * Writes a record that Kafka always refuses to its own file. The file is a segment: moved back into the log's
     * directory, it is sent again.
     *
     * @return the file
     */
    public Path setAside(SpoolRecord record) throws IOException {
        SegmentHeader given = record.segment().header();
        SegmentHeader header =
                new SegmentHeader(UUID.randomUUID().getMostSignificantBits(), given.topic(), given.schema());
        ByteBuffer frame = Frames.frame(record, header.identity());
        Path aside = aside();
        Path path = aside.resolve(Segment.fileName(numbers.incrementAndGet()));
        byte[] begin = header.bytes();
        int bytes = begin.length + frame.remaining();
        try (Disk.Output output = disk.create(path)) {
            output.write(ByteBuffer.wrap(begin));
            output.write(frame);
            output.force();
            disk.forceDirectory(aside);
        } catch (IOException e) {
            deleteQuietly(path);
            throw e;
        }
        addSetAside(bytes);
        return path;
    }

    public long filesAside() {
        return filesAside.get();
    }

    public long gaps() {
        return gaps.get();
    }

    /** Deletes a segment that has no record. */
    public void discard(Segment segment) {
        segments.remove(segment.number());
        deleteQuietly(segment.path());
        budget.release(segment.end());
    }

    public DiskBudget budget() {
        return budget;
    }

    public LogConfig config() {
        return config;
    }

    private Path aside() throws IOException {
        return PrivateFiles.createDirectories(config.directory().resolve(SET_ASIDE));
    }

    static void closeQuietly(Disk.Output output) {
        try {
            output.close();
        } catch (IOException e) {
            LOG.debug("event=spool_close_failed effect=\"none: the file is not used\"", e);
        }
    }

    private static void deleteQuietly(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("event=spool_delete_failed file={} effect=\"its events may be sent again\"", path, e);
        }
    }

    private static @Nullable Segment value(Map.@Nullable Entry<Long, Segment> entry) {
        return entry == null ? null : entry.getValue();
    }

    /**
     * One log's configuration.
     *
     * @param directory used by this log only
     * @param topic that its records go to
     * @param schema Avro, as JSON, of the values that are written without a registry
     * @param segmentBytesMax size after which a new segment starts
     */
    public record LogConfig(Path directory, String topic, String schema, long segmentBytesMax) {}

    /** The bytes of disk that all logs of one spool may use. Thread-safe. */
    public static final class DiskBudget {
        private final long bytesMax;
        private final AtomicLong used = new AtomicLong();

        public DiskBudget(long bytesMax) {
            this.bytesMax = bytesMax;
        }

        public boolean tryReserve(long bytes) {
            long now = used.get();
            while (now + bytes <= bytesMax) {
                if (used.compareAndSet(now, now + bytes)) {
                    return true;
                }
                now = used.get();
            }
            return false;
        }

        /** For bytes that exist already, or that must be written in any case. */
        public void reserve(long bytes) {
            used.addAndGet(bytes);
        }

        public void release(long bytes) {
            used.addAndGet(-bytes);
        }

        public long used() {
            return used.get();
        }

        public long bytesMax() {
            return bytesMax;
        }
    }
}
