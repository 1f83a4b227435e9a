package io.usageflow.producer.spool;

import io.usageflow.schema.file.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one log, oldest first. One thread adds to its end, another takes from its front; what they share is
 * thread-safe.
 *
 * <p>Numbers only grow, also over restarts; a file that was set aside keeps its own and may be moved back.
 */
final class Segments {
    static final String SET_ASIDE = "set-aside";

    private static final Logger LOG = LoggerFactory.getLogger(Segments.class);

    private final LogFacts facts;
    private final Disk disk;
    private final Budget budget;
    private final ConcurrentSkipListMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong filesAside = new AtomicLong();
    private final AtomicLong gaps = new AtomicLong();

    Segments(LogFacts facts, Disk disk, Budget budget) {
        this.facts = facts;
        this.disk = disk;
        this.budget = budget;
    }

    /** A file that was just begun. */
    record Begun(Segment segment, Disk.Output output) {}

    /** A segment that was there before; its bytes count from now on. */
    void adopt(Segment segment) {
        segments.put(segment.number(), segment);
        neverAgain(segment.number());
        budget.take(segment.end());
    }

    /** Numbers up to this one are taken. */
    void neverAgain(long number) {
        numbers.accumulateAndGet(number, Math::max);
    }

    /** A file that was set aside before. */
    void countAside(long bytes) {
        filesAside.incrementAndGet();
        budget.take(bytes);
    }

    /** A new newest segment, with its name and its header where a crash cannot take them without the first record. */
    Begun begin() throws IOException {
        SegmentHeader header =
                new SegmentHeader(UUID.randomUUID().getMostSignificantBits(), facts.topic(), facts.schema());
        long number = numbers.incrementAndGet();
        Path path = facts.directory().resolve(Segment.fileName(number));
        Disk.Output output = disk.create(path);
        byte[] bytes = header.bytes();
        try {
            output.write(ByteBuffer.wrap(bytes));
            disk.forceDirectory(facts.directory());
        } catch (IOException e) {
            closeQuietly(output);
            deleteQuietly(path);
            throw e;
        }
        budget.take(bytes.length);
        Segment segment = new Segment(number, path, header, bytes.length, bytes.length, false);
        segments.put(number, segment);
        return new Begun(segment, output);
    }

    /** The oldest; null where there is none. */
    @Nullable
    Segment first() {
        return value(segments.firstEntry());
    }

    @Nullable
    Segment after(Segment segment) {
        return value(segments.higherEntry(segment.number()));
    }

    /** Kafka has all of it: the file goes, or, where something in it could not be read, stands aside from now on. */
    void retire(Segment segment) {
        segments.remove(segment.number());
        if (!segment.isDamaged()) {
            deleteQuietly(segment.path());
            budget.give(segment.end());
            return;
        }
        try {
            Path aside = aside().resolve(segment.path().getFileName() + ".damaged");
            Files.move(segment.path(), aside);
            filesAside.incrementAndGet();
        } catch (IOException e) {
            LOG.error("the damaged segment {} could not be moved aside and stays where it is", segment.path(), e);
        }
    }

    /** Notes that a stretch of a segment cannot be read. */
    void damaged(Segment segment, long from, long until) {
        segment.markDamaged();
        gaps.incrementAndGet();
        LOG.error(
                "the spool cannot read bytes {} to {} of {}: an unfinished write, or a fault of the disk; what stood there"
                        + " is missing, what follows is sent. The file will be kept in {}: compare the application's own"
                        + " records of that time, and publish what is missing again",
                from,
                until,
                segment.path(),
                facts.directory().resolve(SET_ASIDE));
    }

    /**
     * Keeps a record that Kafka will never take, in a file of its own which is a segment: moved back into the log's
     * directory it is sent again.
     *
     * @return that file
     */
    Path setAside(SpoolRecord record) throws IOException {
        SegmentHeader given = record.segment().header();
        SegmentHeader header =
                new SegmentHeader(UUID.randomUUID().getMostSignificantBits(), given.topic(), given.schema());
        ByteBuffer frame = Batch.frame(record, header.identity());
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
        countAside(bytes);
        return path;
    }

    Optional<Segment> newest() {
        return Optional.ofNullable(value(segments.lastEntry()));
    }

    long filesAside() {
        return filesAside.get();
    }

    long gaps() {
        return gaps.get();
    }

    /** Ends a segment that got no record. */
    void discard(Segment segment) {
        segments.remove(segment.number());
        deleteQuietly(segment.path());
        budget.give(segment.end());
    }

    Budget budget() {
        return budget;
    }

    LogFacts facts() {
        return facts;
    }

    private Path aside() throws IOException {
        return PrivateFiles.createDirectories(facts.directory().resolve(SET_ASIDE));
    }

    /** A frame that says: no more will come. */
    static ByteBuffer seal(long identity) {
        ByteBuffer frame = ByteBuffer.allocate(Frames.bytes(0, 0, 0, 0));
        byte[] nothing = new byte[0];
        Frames.put(frame, RecordKind.SEAL, 0, nothing, nothing, nothing, nothing);
        Frames.check(frame, 0, identity, new CRC32C());
        return frame.flip();
    }

    static void closeQuietly(Disk.Output output) {
        try {
            output.close();
        } catch (IOException e) {
            LOG.debug("closing a file failed; what it holds is not relied upon", e);
        }
    }

    private static void deleteQuietly(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("{} is not needed any more and could not be deleted; its events may be sent again", path, e);
        }
    }

    private static @Nullable Segment value(Map.@Nullable Entry<Long, Segment> entry) {
        return entry == null ? null : entry.getValue();
    }
}
