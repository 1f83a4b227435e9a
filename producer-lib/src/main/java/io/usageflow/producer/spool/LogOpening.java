package io.usageflow.producer.spool;

import io.usageflow.producer.spool.SegmentHeader.UnknownVersionException;
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
 * Finds what an earlier process left: every segment is read from where Kafka had it, each record checked. What a crash
 * left half written at a segment's end was never reported durable, and is cut.
 */
final class LogOpening {
    private static final Logger LOG = LoggerFactory.getLogger(LogOpening.class);
    private static final Pattern NAME = Pattern.compile("(\\d{19})\\" + Segment.SUFFIX);

    private final Segments segments;
    private final Optional<Progress.Mark> mark;

    private long records;
    private @Nullable Long oldestAtMs;

    /**
     * What is there.
     *
     * @param records that Kafka has not acknowledged
     * @param oldestAtMs when the first of them was published
     */
    record Found(long records, @Nullable Long oldestAtMs) {}

    private LogOpening(Segments segments, Optional<Progress.Mark> mark) {
        this.segments = segments;
        this.mark = mark;
    }

    /** @throws ConfigException where a segment is a later release's */
    static Found open(Segments segments, Optional<Progress.Mark> mark) throws IOException {
        return new LogOpening(segments, mark).open();
    }

    private Found open() throws IOException {
        mark.ifPresent(at -> segments.neverAgain(at.segment()));
        Path directory = segments.facts().directory();
        for (Path file : files(directory.resolve(Segments.SET_ASIDE))) {
            segments.countAside(Files.size(file));
            number(file).ifPresent(segments::neverAgain);
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
        segments.neverAgain(number);
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
            segments.adopt(segment);
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

    /** Where a file has no more than a part of its header, nothing in it was ever reported durable. */
    private void withoutHeader(long number, Path file, ByteBuffer begin) throws IOException {
        LogFacts facts = segments.facts();
        int headerBytes = new SegmentHeader(0, facts.topic(), facts.schema()).bytes().length;
        boolean empty = true;
        for (int i = 0; i < begin.limit() && empty; i++) {
            empty = begin.get(i) == 0;
        }
        if (empty || begin.limit() <= headerBytes) {
            Files.delete(file);
            return;
        }
        Segment unreadable = new Segment(number, file, new SegmentHeader(0, "", ""), 0, Files.size(file), true);
        segments.adopt(unreadable);
        segments.damaged(unreadable, 0, unreadable.end());
        segments.retire(unreadable);
    }

    private void scan(Segment segment) throws IOException {
        long from = LogReader.beginningIn(segment, mark);
        long[] cut = {-1};
        SegmentReader.Gaps gaps = (where, gapFrom, gapUntil, last) -> {
            if (last) {
                cut[0] = gapFrom;
            } else if (where.isNews(gapFrom)) {
                segments.damaged(where, gapFrom, gapUntil);
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
                "the spool cuts {} bytes at the end of {}: the process or the machine stopped while it wrote them, and"
                        + " nobody was told that they were durable",
                segment.end() - at,
                segment.path());
        segment.endsAt(at);
        try (FileChannel channel = FileChannel.open(segment.path(), StandardOpenOption.WRITE)) {
            channel.truncate(at);
        } catch (IOException e) {
            // They are cut in our books, and will be found and cut again the next time.
            LOG.warn("{} could not be shortened", segment.path(), e);
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
