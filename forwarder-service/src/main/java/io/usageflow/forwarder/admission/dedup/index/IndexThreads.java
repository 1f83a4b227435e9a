package io.usageflow.forwarder.admission.dedup.index;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Two threads of the process that write segments for all partitions. Merging has its own, because a large merge takes
 * minutes and full tables in the heap must not wait for it.
 */
final class IndexThreads {
    private static final ThreadPoolExecutor SEALING = thread("usageflow-ids-sealing");
    private static final ThreadPoolExecutor MERGING = thread("usageflow-ids-merging");

    private IndexThreads() {}

    static Future<Path> seal(Callable<Path> work) {
        return SEALING.submit(work);
    }

    static Future<Path> merge(Callable<Path> work) {
        return MERGING.submit(work);
    }

    private static ThreadPoolExecutor thread(String name) {
        ThreadPoolExecutor one =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, name);
                    thread.setDaemon(true); // what it writes is derived from the store
                    return thread;
                });
        one.allowCoreThreadTimeOut(true);
        return one;
    }
}
