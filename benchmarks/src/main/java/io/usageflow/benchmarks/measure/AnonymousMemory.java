package io.usageflow.benchmarks.measure;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The most anonymous memory of a process while it is watched: what is resident without the pages of mapped files, which
 * are the system's page cache. It is read ten times a second. 0 on other systems than Linux. Thread-safe; close it.
 */
public final class AnonymousMemory implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final long pid;
    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "memory");
        thread.setDaemon(true);
        return thread;
    });
    private volatile long peak;

    public AnonymousMemory(long pid) {
        this.pid = pid;
        var unused = reader.scheduleAtFixedRate(this::read, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Bytes. */
    public long peak() {
        return peak;
    }

    private void read() {
        peak = Math.max(peak, CpuTimes.statusBytes(pid, "RssAnon"));
    }

    @Override
    public void close() {
        reader.shutdownNow();
    }
}
