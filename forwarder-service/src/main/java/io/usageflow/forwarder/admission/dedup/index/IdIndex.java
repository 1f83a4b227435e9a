package io.usageflow.forwarder.admission.dedup.index;

import io.usageflow.schema.id.KeyedHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the ordinals of ids by their keyed hashes. The latest ids are in the heap ({@link RecentIds}), older ones in
 * immutable files ({@link IdSegment}), which are merged so that their number stays small. Raising a floor forgets all
 * ordinals below it. Belongs to one thread at a time; {@link IndexThreads} write the files.
 *
 * <p>The index is derived from the blocks of ids in the store and covers their ordinals without a gap. Ordinals are
 * used again after a rollback, so no file may outlive the rollback of an id in it:
 *
 * <ul>
 *   <li>Files hold only ids whose transaction is committed ({@link #beforeCommit}).
 *   <li>They are in the task's folder, which Streams deletes together with a store that may hold what was rolled back.
 *   <li>Each has the digest of its last block. At start, a file whose last block is not in the store is deleted.
 * </ul>
 */
public final class IdIndex implements AutoCloseable {
    /** Full tables in the heap, before the task waits for one to be written. */
    private static final int FULL_MAX = 4;

    /**
     * Sizes.
     *
     * @param heapIds ids in the heap before they are written to a segment, approximately
     * @param mergeOf segments of one level that are merged into one of the next
     */
    public record Sizes(int heapIds, int mergeOf) {
        private static final int MERGE_OF = 8;

        /** With the number of segments to merge that we use. */
        public static Sizes ofHeapIds(int heapIds) {
            return new Sizes(heapIds, MERGE_OF);
        }
    }

    private static final byte[] NO_BLOCK = {};

    private record Full(RecentIds ids, byte[] lastBlock) {}

    private record Merge(List<IdSegment> from, Future<Path> file) {}

    private final Path folder;
    private final Sizes sizes;
    private final KeyedHash hash;
    /** Oldest first, and without a gap, as are {@link #full} and {@link #latest} after them. */
    private final List<IdSegment> segments;

    private final Deque<Full> full = new ArrayDeque<>();
    private RecentIds latest;
    private @Nullable Future<Path> sealing;
    private @Nullable Merge merging;

    private long floor;
    /** The end of the ids whose transactions are committed, and the ends at the last two calls before a commit. */
    private long committed;

    private long endBeforeLast;
    private long endAtLast;
    /** The digest of the block that ended at {@link #end()} when the store was last read; empty without one. */
    private byte[] lastBlock = NO_BLOCK;

    private long probes;
    private volatile boolean closed;

    private IdIndex(Path folder, Sizes sizes, KeyedHash hash, List<IdSegment> segments, long end) {
        this.folder = folder;
        this.sizes = sizes;
        this.hash = hash;
        this.segments = new ArrayList<>(segments);
        this.latest = new RecentIds(end);
    }

    /**
     * Opens the index of a store that holds only committed ids. Uses the files that agree with the store, deletes the
     * others, and reads the ids that are in none.
     */
    public static IdIndex open(Path folder, Sizes sizes, StoredIds stored) {
        List<IdSegment> segments;
        try {
            segments = IdSegmentFiles.open(folder, stored);
        } catch (IOException e) {
            throw new UncheckedIOException("the index of ids in " + folder + " cannot be read", e);
        }
        IdIndex index = segments.isEmpty()
                ? new IdIndex(folder, sizes, KeyedHash.random(), segments, stored.first())
                : new IdIndex(
                        folder,
                        sizes,
                        segments.get(0).header.hash(),
                        segments,
                        segments.get(segments.size() - 1).header.end());
        index.forgetBefore(stored.first());
        index.read(stored);
        return index;
    }

    /**
     * Adds the ids that the store has after {@link #end()}. They must be committed.
     *
     * @return false if the store no longer has the block that ended there, so that this index may be of other ids. Then
     *     nothing is added, and the index must be opened again.
     */
    public boolean catchUp(StoredIds stored) {
        if (lastBlock.length == 0
                || !Arrays.equals(lastBlock, stored.digestOfBlockBefore(end()).orElse(NO_BLOCK))) {
            return false;
        }
        forgetBefore(stored.first());
        read(stored);
        return true;
    }

    private void read(StoredIds stored) {
        stored.read(end(), new StoredIds.Reader() {
            @Override
            public void id(long high, long low) {
                add(high, low);
            }

            @Override
            public void blockEnded(Supplier<byte[]> digest) {
                IdIndex.this.blockEnded(digest);
                committed = end();
                work();
            }
        });
        committed = end();
        endBeforeLast = end();
        endAtLast = end();
        lastBlock = stored.digestOfBlockBefore(end()).orElse(NO_BLOCK);
    }

    /** The ordinal after the last id. */
    public long end() {
        return latest.end();
    }

    /** Adds the id with the ordinal {@link #end()}. */
    public void add(long high, long low) {
        latest.add(hashOf(high, low), IdTimes.of(high));
    }

    /**
     * Calls the function with the ordinals that may be of this id, until it returns something; returns that, or null.
     *
     * @throws IdSegment.DamagedException if a file is damaged. It was deleted, and the task must begin again.
     */
    public <T> @Nullable T find(long high, long low, LongFunction<@Nullable T> ifOfTheId) {
        long hashed = hashOf(high, low);
        T found = find(latest, hashed, ifOfTheId);
        for (Iterator<Full> each = full.descendingIterator(); found == null && each.hasNext(); ) {
            found = find(each.next().ids(), hashed, ifOfTheId);
        }
        long time = IdTimes.of(high);
        for (int i = segments.size() - 1; found == null && i >= 0; i--) {
            IdSegment segment = segments.get(i);
            if (segment.mayHold(hashed, time)) {
                found = find(segment, hashed, ifOfTheId);
            }
        }
        return found;
    }

    /** To be called when a block of ids was stored that ends at {@link #end()}; the supplier gives its SHA-256. */
    public void blockEnded(Supplier<byte[]> digest) {
        if (latest.count() >= sizes.heapIds()) {
            full.addLast(new Full(latest, digest.get()));
            probes += latest.probes();
            latest = new RecentIds(latest.end());
        }
    }

    /**
     * To be called before each commit, after the last block of its transaction. Ids are taken for committed at the
     * second call after their own: a task whose commit failed is closed, and not called again.
     */
    public void beforeCommit() {
        committed = endBeforeLast;
        endBeforeLast = endAtLast;
        endAtLast = end();
        work();
    }

    /** Forgets all ordinals below. */
    public void forgetBefore(long ordinal) {
        floor = ordinal;
        while (!segments.isEmpty() && segments.get(0).header.end() <= floor && !isMerging(segments.get(0))) {
            segments.remove(0).delete();
        }
    }

    /** The number of slots checked so far in the heap, for all ids. */
    public long probes() {
        return probes + latest.probes();
    }

    public long heapBytes() {
        return latest.heapBytes()
                + full.stream().mapToLong(each -> each.ids().heapBytes()).sum();
    }

    /** The disk size of the segments. */
    public long diskBytes() {
        return segments.stream()
                .mapToLong(segment -> segment.header.fileBytes())
                .sum();
    }

    int segments() {
        return segments.size();
    }

    /** Waits until no other thread works in the folder. */
    @Override
    public void close() {
        closed = true;
        awaitWriting();
        segments.forEach(IdSegment::close);
    }

    /** Waits for the files that are being written. */
    public void awaitWriting() {
        Future<Path> seal = sealing;
        if (seal != null) {
            awaitEnd(seal);
        }
        Merge merge = merging;
        if (merge != null) {
            awaitEnd(merge.file);
        }
    }

    private long hashOf(long high, long low) {
        return hash.of(high, low) >>> (Long.SIZE - IdSegmentHeader.HASH_BITS);
    }

    private <T> @Nullable T find(RecentIds ids, long hashed, LongFunction<@Nullable T> ifOfTheId) {
        for (int slot = ids.find(hashed); slot >= 0; slot = ids.findAfter(hashed, slot)) {
            T found = tryAt(ids.ordinalAt(slot), ifOfTheId);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private <T> @Nullable T find(IdSegment segment, long hashed, LongFunction<@Nullable T> ifOfTheId) {
        for (long ordinal : segment.ordinals(hashed)) {
            T found = tryAt(ordinal, ifOfTheId);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private <T> @Nullable T tryAt(long ordinal, LongFunction<@Nullable T> ifOfTheId) {
        return ordinal >= floor ? ifOfTheId.apply(ordinal) : null;
    }

    /** Takes what the other threads have finished, and gives them what is due. */
    private void work() {
        if (closed) {
            return; // a last commit after the processor was closed
        }
        Future<Path> seal = sealing;
        if (seal != null && (seal.isDone() || full.size() > FULL_MAX)) {
            segments.add(open(resultOf(seal)));
            full.removeFirst();
            sealing = null;
        }
        Merge merge = merging;
        if (merge != null && merge.file.isDone()) {
            IdSegment merged = open(resultOf(merge.file));
            int at = segments.indexOf(merge.from.get(0));
            segments.subList(at, at + merge.from.size()).clear();
            segments.add(at, merged);
            merge.from.forEach(IdSegment::delete);
            merging = null;
            forgetBefore(floor);
        }
        Full oldest = full.peekFirst();
        if (sealing == null && oldest != null && oldest.ids.end() <= committed) {
            sealing = IndexThreads.seal(() -> seal(oldest));
        }
        if (merging == null) {
            merging = nextMerge();
        }
    }

    private Path seal(Full table) throws IOException {
        RecentIds ids = table.ids;
        IdSegmentHeader header = new IdSegmentHeader(hash, ids.first, ids.end(), 0, ids.times(), table.lastBlock);
        return IdSegmentWriter.write(folder, header, SortedIds.of(ids, header), () -> closed);
    }

    /** The oldest neighbours of one level. */
    private @Nullable Merge nextMerge() {
        for (int at = 0; at + sizes.mergeOf <= segments.size(); at++) {
            List<IdSegment> neighbours = List.copyOf(segments.subList(at, at + sizes.mergeOf));
            int level = neighbours.get(0).header.level();
            long ids = neighbours.get(sizes.mergeOf - 1).header.end()
                    - neighbours.get(0).header.first();
            if (ids <= IdSegmentHeader.IDS_MAX
                    && neighbours.stream().allMatch(segment -> segment.header.level() == level)) {
                return new Merge(neighbours, IndexThreads.merge(() -> merge(neighbours, level + 1)));
            }
        }
        return null;
    }

    private Path merge(List<IdSegment> from, int level) throws IOException {
        IdTimes times = new IdTimes();
        from.forEach(segment -> times.addAll(segment.header.times()));
        IdSegmentHeader last = from.get(from.size() - 1).header;
        IdSegmentHeader header =
                new IdSegmentHeader(hash, from.get(0).header.first(), last.end(), level, times, last.lastBlock());
        return IdSegmentWriter.write(
                folder,
                header,
                new MergedIds(from.stream().map(IdSegment::sorted).toList()),
                () -> closed);
    }

    private boolean isMerging(IdSegment segment) {
        return merging != null && merging.from.contains(segment);
    }

    private static IdSegment open(Path file) {
        try {
            IdSegment segment = IdSegment.open(file);
            if (segment == null) {
                throw new IllegalStateException("the index of ids in " + file + " was just written and is not whole");
            }
            return segment;
        } catch (IOException e) {
            throw new UncheckedIOException("the index of ids in " + file + " cannot be read", e);
        }
    }

    private Path resultOf(Future<Path> job) {
        try {
            return job.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException io) {
                throw new UncheckedIOException("the index of ids in " + folder + " cannot be written", io);
            }
            throw new IllegalStateException("the index of ids in " + folder + " cannot be written", failed.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the index of ids in " + folder + " was written", stop);
        }
    }

    private static void awaitEnd(Future<Path> job) {
        boolean interrupted = false;
        while (!job.isDone()) {
            try {
                job.get();
            } catch (ExecutionException unused) {
                // Most likely cancelled by closing. Its file is not in use.
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
