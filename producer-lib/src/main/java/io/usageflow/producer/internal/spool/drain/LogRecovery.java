package io.usageflow.producer.internal.spool.drain;

import io.usageflow.producer.internal.spool.drain.DrainStatus.DrainPosition;
import io.usageflow.producer.internal.spool.segment.Segment;
import io.usageflow.producer.internal.spool.segment.Segment.SegmentHeader;
import io.usageflow.producer.internal.spool.segment.Segment.SegmentHeader.UnknownVersionException;
import io.usageflow.producer.internal.spool.segment.SegmentReader;
import io.usageflow.producer.internal.spool.segment.Segments;
import io.usageflow.producer.internal.spool.segment.Segments.LogConfig;
import io.usageflow.producer.internal.spool.segment.SpoolRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the records that an earlier process left. Reads every segment from the last acknowledged position on, and
 * checks each record. A crash may leave a partial write at a segment's end: it was never reported durable, and is cut
 * off.
 */
public final class LogRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);
    private static final Pattern NAME = Pattern.compile("(\\d{19})\\" + Segment.SUFFIX);

    private final Segments segments;
    private final Optional<DrainPosition.Position> position;

    private long records;
    private @Nullable Long oldestAtMs;

    /**
     * The records that an earlier process left.
     *
     * @param records how many Kafka has not acknowledged
     * @param oldestAtMs when the first of them was published
     */
    public record Found(long records, @Nullable Long oldestAtMs) {}

    private LogRecovery(Segments segments, Optional<DrainPosition.Position> position) {
        this.segments = segments;
        this.position = position;
    }

    /** Reads a log. Throws ConfigException if a later release wrote a segment. */
    public static Found open(Segments segments, Optional<DrainPosition.Position> position) throws IOException {
        return new LogRecovery(segments, position).open();
    }

    private Found open() throws IOException {
        position.ifPresent(at -> segments.reserveNumber(at.segment()));
        Path directory = segments.config().directory();
        for (Path file : files(directory.resolve(Segments.SET_ASIDE))) {
            segments.addSetAside(Files.size(file));
            number(file).ifPresent(segments::reserveNumber);
        }
        for (Path file : files(directory)) {
            Optional<Long> number = number(file);
            if (number.isPresent()) {
                take(number.get(), file);
            }
        }
        return new Found(records, oldestAtMs);
    }

    private void take(long number, Path file) throws IOException {
        segments.reserveNumber(number);
        long size = Files.size(file);
        ByteBuffer in = ByteBuffer.allocate((int) Math.min(size, SegmentHeader.BYTES_MAX));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (in.hasRemaining() && channel.read(in) >= 0) {}
        }
        Optional<SegmentHeader> header = header(file, in.flip());
        if (header.isEmpty()) {
            withoutHeader(number, file, in);
            return;
        }
        Segment segment = new Segment(number, file, header.get(), in.position(), size, true);
        scan(segment);
        if (segment.end() <= segment.begin() && !segment.isDamaged()) {
            Files.delete(file);
        } else {
            segments.add(segment);
        }
    }

    private static Optional<SegmentHeader> header(Path file, ByteBuffer in) {
        try {
            return SegmentHeader.read(in);
        } catch (UnknownVersionException e) {
            throw new ConfigException("spool.dir holds " + file + ", which cannot be read: " + e.getMessage()
                    + ", or give this process another directory");
        }
    }

    /** A file with only a part of its header holds no record that was reported durable. */
    private void withoutHeader(long number, Path file, ByteBuffer begin) throws IOException {
        LogConfig config = segments.config();
        int headerBytes = new SegmentHeader(0, config.topic(), config.schema()).bytes().length;
        boolean empty = true;
        for (int i = 0; i < begin.limit() && empty; i++) {
            empty = begin.get(i) == 0;
        }
        if (empty || begin.limit() <= headerBytes) {
            Files.delete(file);
            return;
        }
        Segment unreadable = new Segment(number, file, new SegmentHeader(0, "", ""), 0, Files.size(file), true);
        segments.add(unreadable);
        segments.recordDamage(unreadable, 0, unreadable.end());
        segments.retire(unreadable);
    }

    private void scan(Segment segment) throws IOException {
        long from = LogReader.startOffset(segment, position);
        long[] cut = {-1};
        SegmentReader.Gaps gaps = (where, gapFrom, gapUntil, last) -> {
            if (last) {
                cut[0] = gapFrom;
            } else if (where.markReported(gapFrom)) {
                segments.recordDamage(where, gapFrom, gapUntil);
            }
        };
        try (SegmentReader reader = new SegmentReader(segment, from, gaps)) {
            SpoolRecord record = reader.next();
            while (record != null) {
                records++;
                if (oldestAtMs == null) {
                    oldestAtMs = record.acceptedAtMs();
                }
                record = reader.next();
            }
        }
        if (cut[0] >= 0) {
            cut(segment, cut[0]);
        }
    }

    private static void cut(Segment segment, long at) {
        LOG.warn(
                "event=spool_partial_write_cut file={} bytes={} why=\"the process or the machine"
                        + " stopped during the write;" + " the bytes were never reported durable\"",
                segment.path(),
                segment.end() - at);
        segment.endsAt(at);
        try (FileChannel channel = FileChannel.open(segment.path(), StandardOpenOption.WRITE)) {
            channel.truncate(at);
        } catch (IOException e) {
            // The end in memory is right. The next start finds the bytes and cuts them again.
            LOG.warn("event=spool_truncate_failed file={}", segment.path(), e);
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static Optional<Long> number(Path file) {
        Matcher matcher = NAME.matcher(file.getFileName().toString());
        return matcher.matches() ? Optional.of(Long.valueOf(matcher.group(1))) : Optional.empty();
    }
}
