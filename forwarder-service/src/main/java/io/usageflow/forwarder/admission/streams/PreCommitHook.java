package io.usageflow.forwarder.admission.streams;

import java.util.Map;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * Runs work before each commit of a task. A transaction's ids and counters are collected in the heap and written here
 * once, into stores with changelogs, so they are in the transaction of their events.
 *
 * <p>Streams flushes the caches of a task's stores before every commit ({@code StreamTask.prepareCommit}, Kafka 4.3.1),
 * but has no hook for a processor. So this class implements a store with a cache, through the only interface here that
 * is not public API. If Streams stops calling it, AdmissionKillIT and every topology test fail.
 */
public final class PreCommitHook implements StateStore, CachedStateStore<byte[], byte[]> {
    private final String name;
    private @Nullable Runnable work;
    private boolean open;

    private PreCommitHook(String name) {
        this.name = name;
    }

    public static StoreBuilder<PreCommitHook> named(String name) {
        return new Builder(name);
    }

    /** Sets the work, which runs in the task's thread, also after the processor was closed. */
    public void run(Runnable writes) {
        this.work = writes;
    }

    @Override
    public void flushCache() {
        if (work != null) {
            work.run();
        }
    }

    /** Called when the task becomes a standby, after its last commit. */
    @Override
    public void clearCache() {
        work = null;
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
        work = null;
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
            throw new UnsupportedOperationException("this store keeps nothing that could be logged");
        }

        @Override
        public StoreBuilder<PreCommitHook> withLoggingDisabled() {
            return this;
        }
    }
}
