package io.usageflow.forwarder.observe;

import java.time.Duration;
import java.util.List;

/** One running half of the forwarder. Started once and closed once; {@link #health} may be asked by any thread. */
public interface Stage {
    /** The stage's word: {@code admission} or {@code delivery}. */
    String name();

    /** Begins work in threads of its own and returns at once. */
    void start();

    StageHealth health();

    /** What it adds to the admin server; the same at every call. */
    default List<AdminPage> pages() {
        return List.of();
    }

    /** Finishes what is under way within the bound, commits, and stops; never throws. */
    void close(Duration atMost);

    /** Waits until a stage's thread has ended, and interrupts it if it has not within the bound. For {@link #close}. */
    static void end(Thread thread, Duration atMost) {
        try {
            thread.join(Math.max(1, atMost.toMillis()));
            thread.interrupt();
        } catch (InterruptedException hurried) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
