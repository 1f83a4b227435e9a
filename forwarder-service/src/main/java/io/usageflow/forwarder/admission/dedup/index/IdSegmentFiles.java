package io.usageflow.forwarder.admission.dedup.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the segments that a start can use: those that follow each other from the store's first id on. */
final class IdSegmentFiles {
    private static final Logger LOG = LoggerFactory.getLogger(IdSegmentFiles.class);

    private IdSegmentFiles() {}

    /** Opens what agrees with the store and deletes every other file. */
    static List<IdSegment> open(Path folder, StoredIds stored) throws IOException {
        List<IdSegment> agreeing = new ArrayList<>();
        for (Path file : files(folder)) {
            IdSegment segment = IdSegment.open(file);
            if (segment == null) {
                LOG.info("event=ids_index_file_deleted file={} reason=\"not a whole segment\"", file);
                Files.delete(file);
            } else if (agrees(segment.header, stored)) {
                agreeing.add(segment);
            } else {
                LOG.info("event=ids_index_file_deleted file={} reason=\"the store has other ids\"", file);
                segment.delete();
            }
        }
        List<IdSegment> chosen = new ArrayList<>();
        for (IdSegment next = next(agreeing, null, stored.first());
                next != null;
                next = next(agreeing, next, next.header.end())) {
            chosen.add(next);
        }
        // For example those that were merged when the process died.
        agreeing.removeAll(chosen);
        agreeing.forEach(IdSegment::delete);
        return chosen;
    }

    private static boolean agrees(IdSegmentHeader header, StoredIds stored) {
        return header.end() > stored.first()
                && header.end() <= stored.end()
                && stored.digestOfBlockBefore(header.end())
                        .filter(digest -> Arrays.equals(digest, header.lastBlock()))
                        .isPresent();
    }

    /** The longest that begins where the chosen ones end; the first may begin earlier. */
    private static @Nullable IdSegment next(List<IdSegment> segments, @Nullable IdSegment last, long ordinal) {
        return segments.stream()
                .filter(segment -> last == null
                        ? segment.header.first() <= ordinal
                        : segment.header.first() == ordinal
                                && segment.header.hash().key0()
                                        == last.header.hash().key0()
                                && segment.header.hash().key1()
                                        == last.header.hash().key1())
                .max(Comparator.comparingLong(segment -> segment.header.end()))
                .orElse(null);
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
