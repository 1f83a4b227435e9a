package io.usageflow.forwarder.admission.dedup;

import io.usageflow.forwarder.admission.dedup.IdBlocks.IdBlock;
import io.usageflow.forwarder.admission.dedup.IdBlocks.IdBlock.IdEntry;
import io.usageflow.forwarder.admission.dedup.index.IdIndex;
import io.usageflow.forwarder.admission.streams.PreCommitHook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ids of one partition's events, each with its {@link DedupResult.FirstRecord}. Belongs to one task, so to one
 * thread.
 *
 * <p>Ids are numbered in order. The store keeps them in {@link IdBlocks}, one block for each transaction, and {@link
 * IdIndex} finds an id's number. So a new id, the usual case, needs no read of the store, and a thousand ids need one
 * write. The latest ids are also in the heap, since most repeats follow soon.
 *
 * <p>An id is stored in the Kafka transaction that sends its event. Otherwise a crash between the two would make the
 * retry a duplicate of an event that was never sent. {@link #write} is called before each commit ({@link
 * PreCommitHook}).
 *
 * <p>Ids are forgotten a block at a time, oldest first: after their window, or earlier in a full store, which shortens
 * the effective window ({@link AgeGuard#effectiveWindowMs}). An id that must be kept longer than its block, such as
 * that of a replayed future event, is stored again.
 */
public final class DedupStore {
    /** About 40 kB. */
    static final int BLOCK_IDS_MAX = 1024;

    /** Number of entries in the heap, about 80 bytes each. */
    private static final int RECENT_IDS = 4 * BLOCK_IDS_MAX;

    private static final Logger LOG = LoggerFactory.getLogger(DedupStore.class);

    private static final long DAY_MS = Duration.ofDays(1).toMillis();
    private static final long TEN_MINUTES_MS = Duration.ofMinutes(10).toMillis();
    private static final long FORECAST_EVERY_MS = Duration.ofMinutes(1).toMillis();

    /**
     * Numbers of forgotten ids.
     *
     * @param inTime after their window
     * @param early before the end of their window, in a full store
     */
    public record Forgotten(int inTime, int early) {}

    private final IdBlocks blocks;
    private final AgeGuard guard;
    private final LongUnaryOperator room;
    private long idsMax;
    private final IdIndex index;

    private final IdEntry[] recent = new IdEntry[RECENT_IDS];
    private long first;
    private long written;
    private long end;
    /** Latest append time of the ids not written yet. */
    private long rememberedUntil = Long.MIN_VALUE;

    private long forgottenMark;
    /** Append time of the last forecast. */
    private long forecastAt;

    private double daysUntilEarly = Double.POSITIVE_INFINITY;
    private @Nullable IdBlock oldest;

    /**
     * Of what the store holds.
     *
     * @param index covers all ids of the store
     * @param room how many ids there may be, approximately, by how many there are; see
     *     {@link io.usageflow.forwarder.capacity.IdRoom}
     */
    public DedupStore(KeyValueStore<Bytes, byte[]> store, IdIndex index, AgeGuard guard, LongUnaryOperator room) {
        this.blocks = new IdBlocks(store);
        this.index = index;
        this.guard = guard;
        this.room = room;
        this.forgottenMark = blocks.mark();
        this.oldest = blocks.from(0);
        this.end = index.end();
        this.written = end;
        this.first = oldest == null ? end : oldest.first();
        if (end != blocks.end()) {
            throw new IllegalStateException("ids from " + end + " on are missing before " + blocks.end()
                    + ": the state folder is damaged; stop, remove it, and restart");
        }
        this.idsMax = room.applyAsLong(count());
        LOG.info("event=ids_opened ids={} ids_max={} first={}", count(), idsMax, first);
    }

    public DedupResult lookUp(UUID id, long fingerprint) {
        long high = id.getMostSignificantBits();
        long low = id.getLeastSignificantBits();
        IdEntry found = index.find(high, low, ordinal -> {
            IdEntry entry = entry(ordinal);
            return entry.isOf(high, low) ? entry : null;
        });
        if (found == null) {
            return new DedupResult.First();
        }
        DedupResult.FirstRecord memory = found.memory();
        return memory.fingerprint() == fingerprint ? new DedupResult.Repeat(memory) : new DedupResult.Conflict(memory);
    }

    /** Adds an id whose record was appended at {@code appendedAt}, in Unix milliseconds. */
    public void remember(UUID id, DedupResult.FirstRecord memory, long appendedAt) {
        remember(new IdEntry(id.getMostSignificantBits(), id.getLeastSignificantBits(), memory), appendedAt);
    }

    /** See {@link AgeGuard}; {@link Long#MIN_VALUE} if nothing was ever forgotten. */
    public long forgottenMark() {
        return forgottenMark;
    }

    /** The most ids that there may be now, approximately. */
    public long idsMax() {
        return idsMax;
    }

    /**
     * The days until ids are forgotten early if as many come as in the last day; infinite if their whole window fits,
     * or while less than ten minutes are known.
     *
     * @param now the partition's append time, in Unix milliseconds
     */
    public double daysUntilEarly(long now) {
        if (now - forecastAt >= FORECAST_EVERY_MS) {
            forecastAt = now;
            daysUntilEarly = forecast(now);
        }
        return daysUntilEarly;
    }

    private double forecast(long now) {
        long since = Math.max(now - DAY_MS, oldest == null ? now : oldest.rememberedUntil());
        if (now - since < TEN_MINUTES_MS) {
            return Double.POSITIVE_INFINITY;
        }
        double idsPerMs = (double) (end - blocks.firstSince(since, first, written)) / (now - since);
        return idsPerMs * guard.windowMs() <= idsMax
                ? Double.POSITIVE_INFINITY
                : Math.max(0, idsMax - count()) / idsPerMs / DAY_MS;
    }

    /** The number of ids. */
    public long count() {
        return end - first;
    }

    /** See {@link IdIndex#probes}. */
    long probes() {
        return index.probes();
    }

    /** The heap size of the index. */
    public long heapBytes() {
        return index.heapBytes();
    }

    /** The disk size of the index. */
    public long indexDiskBytes() {
        return index.diskBytes();
    }

    /** To be called before each commit. */
    public void write() {
        writeBlock();
        index.beforeCommit();
    }

    private void writeBlock() {
        if (written == end) {
            return;
        }
        List<IdEntry> entries = new ArrayList<>((int) (end - written));
        for (long ordinal = written; ordinal < end; ordinal++) {
            entries.add(recent(ordinal));
        }
        IdBlock block = IdBlock.of(written, rememberedUntil, entries);
        blocks.append(block);
        if (oldest == null) {
            oldest = block;
        }
        written = end;
        rememberedUntil = Long.MIN_VALUE;
        index.blockEnded(block::digest);
    }

    /**
     * Forgets expired ids, in one bounded step.
     *
     * @param now the partition's append time, in Unix milliseconds
     * @param looksMax approximate maximum of ids to check
     */
    public Forgotten forget(long now, int looksMax) {
        idsMax = room.applyAsLong(count());
        int looked = 0;
        int inTime = 0;
        int early = 0;
        while (oldest != null && looked < looksMax) {
            boolean tooMany = count() > idsMax && guard.mayForgetEarly(oldest.rememberedUntil(), now);
            if (!tooMany && !guard.mayForget(oldest.rememberedUntil(), now)) {
                break;
            }
            looked += oldest.count();
            int forgotten = forget(oldest, tooMany, now);
            if (tooMany) {
                early += forgotten;
            } else {
                inTime += forgotten;
            }
        }
        return new Forgotten(inTime, early);
    }

    private int forget(IdBlock block, boolean tooMany, long now) {
        int forgotten = 0;
        long mark = forgottenMark;
        for (long ordinal = block.first(); ordinal < block.end(); ordinal++) {
            IdEntry entry = block.entry(ordinal);
            long seenAt = entry.memory().seenAt();
            // A future id would raise the mark into the future, and all events would be too old.
            boolean ofItsTime = seenAt <= block.rememberedUntil();
            if ((tooMany && ofItsTime) || guard.mayForget(seenAt, now)) {
                mark = Math.max(mark, guard.markOf(seenAt));
                forgotten++;
            } else {
                remember(entry, now);
            }
        }
        // In the same transaction, so that the guard refuses all that is forgotten.
        if (mark > forgottenMark) {
            forgottenMark = mark;
            blocks.setMark(mark);
        }
        blocks.drop(block);
        first = block.end();
        index.forgetBefore(first);
        oldest = blocks.from(first);
        return forgotten;
    }

    private void remember(IdEntry entry, long appendedAt) {
        if (end - written == BLOCK_IDS_MAX) {
            writeBlock();
        }
        recent[(int) (end % RECENT_IDS)] = entry;
        rememberedUntil = Math.max(rememberedUntil, appendedAt);
        index.add(entry.high(), entry.low());
        end++;
    }

    private IdEntry entry(long ordinal) {
        if (ordinal >= end - RECENT_IDS) {
            IdEntry entry = recent[(int) (ordinal % RECENT_IDS)];
            if (entry != null) {
                return entry;
            }
        }
        return blocks.holding(ordinal).entry(ordinal);
    }

    private IdEntry recent(long ordinal) {
        IdEntry entry = recent[(int) (ordinal % RECENT_IDS)];
        if (entry == null) {
            throw new IllegalStateException("id number " + ordinal + " is not yet written and not in the heap");
        }
        return entry;
    }
}
