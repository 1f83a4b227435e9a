package io.usageflow.forwarder.admission.dedup;

import io.usageflow.forwarder.admission.HeapStore;
import io.usageflow.forwarder.admission.dedup.index.IdIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;

/** Opens stores of ids with an index in a folder, with segments as small as the test wants. */
public final class TestStores implements AutoCloseable {
    private final Path folder;
    private final IdIndex.Sizes sizes;
    private final Set<Path> crossed = new HashSet<>();
    private IdIndex index;

    public TestStores(int heapIds, int mergeOf) {
        try {
            this.folder = Files.createTempDirectory("id-index");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.sizes = new IdIndex.Sizes(heapIds, mergeOf);
    }

    /** Closes the store that was opened before. */
    public DedupStore open(HeapStore records, AgeGuard guard, long idsMax) {
        return open(records, guard, ids -> idsMax);
    }

    DedupStore open(HeapStore records, AgeGuard guard, LongUnaryOperator room) {
        closeIndex();
        index = IdIndex.open(folder, sizes, new IdBlocks(records));
        return new DedupStore(records, index, guard, room);
    }

    /** Segment files, when those that are due are written. */
    public List<Path> files() {
        if (index != null) {
            index.awaitWriting();
        }
        noteFiles();
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** See {@link IdIndex#probes}. */
    public long probes() {
        return index.probes();
    }

    public void closeIndex() {
        if (index != null) {
            index.close();
            index = null;
            noteFiles();
        }
    }

    /** The number of segments, merged ones too, that there were when files were listed or an index was closed. */
    public int crossed() {
        return crossed.size();
    }

    private void noteFiles() {
        try (Stream<Path> files = Files.list(folder)) {
            files.map(Path::getFileName)
                    .filter(file -> file.toString().endsWith(".ids"))
                    .forEach(crossed::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closeIndex();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
