package io.usageflow.benchmarks.side;

import io.usageflow.benchmarks.program.ComparedDedupStore;
import io.usageflow.benchmarks.program.ForwarderProgram;
import io.usageflow.benchmarks.program.NaiveProgram;
import io.usageflow.benchmarks.program.ParallelConsumerProgram;
import io.usageflow.benchmarks.program.SideProgram;
import io.usageflow.benchmarks.program.StreamsProgram;
import io.usageflow.benchmarks.program.StreamsProgram.SharedCacheTuning;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The kinds of sides. */
public enum SideKind {
    /** usageflow: the forwarder with the role admission. */
    ADMISSION(true),
    /** Exactly-once copy, the least that any stage of Kafka Streams has to do. */
    COPY(false),
    /** The usual recipe against duplicates: {@link ComparedDedupStore#windowRange()}, RocksDB as Streams sets it up. */
    WINDOW_STORE(true),
    /** {@link ComparedDedupStore#windowExact()}: old days are dropped as whole segments. */
    WINDOW_EXACT(true),
    /** {@link ComparedDedupStore#keyValue()}, RocksDB as Streams sets it up. */
    KV_DEFAULT(true),
    /** {@link ComparedDedupStore#keyValue()} with {@link SharedCacheTuning}. */
    KV_TUNED(true),
    /** {@link ComparedDedupStore#filteredKeyValue()} with {@link SharedCacheTuning}. */
    KV_FILTERED(true),
    /** {@link ComparedDedupStore#inMemory()}. */
    KV_MEMORY(true),
    /** usageflow: the forwarder with the role delivery. */
    DELIVERY(false),
    /** usageflow: the forwarder with all its roles. */
    PIPELINE(true),
    /** Parallel Consumer's Vert.x module, ordered by key, one record a request. */
    VERTX_KEY(false),
    /** Parallel Consumer's Vert.x module, without order, 50 records of any customers a request. */
    VERTX_BATCH(false),
    /** Parallel Consumer's core module, ordered by key, one record a request, a thread for each. */
    CORE_KEY(false),
    /** A consumer that posts each record and waits for the answer. */
    NAIVE(false);

    private final boolean removesRepeats;

    SideKind(boolean removesRepeats) {
        this.removesRepeats = removesRepeats;
    }

    /** Those that remember ids, and the copy. */
    public static List<SideKind> stores() {
        return List.of(ADMISSION, COPY, WINDOW_STORE, WINDOW_EXACT, KV_DEFAULT, KV_TUNED, KV_FILTERED, KV_MEMORY);
    }

    /** Whether a repeated event comes out once. */
    public boolean removesRepeats() {
        return removesRepeats;
    }

    SideProgram program() {
        return switch (this) {
            case ADMISSION, DELIVERY, PIPELINE -> new ForwarderProgram();
            case VERTX_KEY -> ParallelConsumerProgram.vertxByKey();
            case VERTX_BATCH -> ParallelConsumerProgram.vertxBatches();
            case CORE_KEY -> ParallelConsumerProgram.coreByKey();
            case NAIVE -> new NaiveProgram();
            case COPY -> StreamsProgram.copy();
            case WINDOW_STORE -> StreamsProgram.dedup(ComparedDedupStore.windowRange(), Optional.empty());
            case WINDOW_EXACT -> StreamsProgram.dedup(ComparedDedupStore.windowExact(), Optional.empty());
            case KV_DEFAULT -> StreamsProgram.dedup(ComparedDedupStore.keyValue(), Optional.empty());
            case KV_TUNED -> StreamsProgram.dedup(ComparedDedupStore.keyValue(), Optional.of(SharedCacheTuning.class));
            case KV_FILTERED ->
                StreamsProgram.dedup(ComparedDedupStore.filteredKeyValue(), Optional.of(SharedCacheTuning.class));
            case KV_MEMORY -> StreamsProgram.dedup(ComparedDedupStore.inMemory(), Optional.empty());
        };
    }

    /** As reports and commands name it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the kind of a word. Throws IllegalArgumentException if it is not among these kinds. */
    public static SideKind ofWord(String word, List<SideKind> kinds) {
        return kinds.stream()
                .filter(kind -> kind.word().equals(word.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(word + " is none of "
                        + kinds.stream().map(SideKind::word).collect(Collectors.joining(", "))));
    }
}
