package io.usageflow.forwarder.admission.streams;

import java.util.Map;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * The moment before a task's transaction is committed, as a store that keeps nothing: what has gathered in the heap is
 * written then, into stores with changelogs, and so is in the transaction of the events it belongs to. One write for a
 * transaction's thousand events instead of a thousand.
 *
 * <p>Streams flushes the caches of a task's stores in every path that leads to a commit ({@code StreamTask.prepareCommit},
 * Kafka 4.3.1), and nowhere tells a processor of it. So this poses as a store with a cache, through the only interface
 * here that is not public API. Were it not called, AdmissionKillIT and every topology test would fail: each looks for
 * what is written here.
 */
public final class PreCommitHook implements StateStore, CachedStateStore<byte[], byte[]> {
    private static final Runnable NOTHING = () -> {};

    private final String name;
    private Runnable work = NOTHING;
    private boolean open;

    private PreCommitHook(String name) {
        this.name = name;
    }

    public static StoreBuilder<PreCommitHook> named(String name) {
        return new Builder(name);
    }

    /** What to do at the end of each transaction, in the task's thread; also when the processor has been closed. */
    public void run(Runnable writes) {
        this.work = writes;
    }

    @Override
    public void flushCache() {
        work.run();
    }

    /** The task becomes a standby: what it had gathered was written with its last commit. */
    @Override
    public void clearCache() {
        work = NOTHING;
    }

    @Override
    public boolean setFlushListener(CacheFlushListener<byte[], byte[]> listener, boolean sendOldValues) {
        return false;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        open = true;
        context.register(root, (key, value) -> {});
    }

    @Override
    public void close() {
        open = false;
        work = NOTHING;
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    private record Builder(String name) implements StoreBuilder<PreCommitHook> {
        @Override
        public PreCommitHook build() {
            return new PreCommitHook(name);
        }

        @Override
        public Map<String, String> logConfig() {
            return Map.of();
        }

        @Override
        public boolean loggingEnabled() {
            return false;
        }

        @Override
        public StoreBuilder<PreCommitHook> withCachingEnabled() {
            return this;
        }

        @Override
        public StoreBuilder<PreCommitHook> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<PreCommitHook> withLoggingEnabled(@Nullable Map<String, String> config) {
            throw new UnsupportedOperationException("it keeps nothing that could be logged");
        }

        @Override
        public StoreBuilder<PreCommitHook> withLoggingDisabled() {
            return this;
        }
    }
}
