package io.usageflow.cli.command;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells a running command that it is to end, and the process that the command has ended. Thread-safe.
 *
 * <p>On SIGTERM and SIGINT the JVM runs its hooks and then halts, whatever other threads do. So the hook asks the
 * command to stop and waits until it has: only then everything is committed.
 */
public final class StopSignal {
    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private final AtomicBoolean armed = new AtomicBoolean();

    /** Asks the command to stop. */
    public void request() {
        requested.countDown();
    }

    /** Says that the command has ended. */
    public void finished() {
        finished.countDown();
    }

    /**
     * From now on the end of the process asks for the stop first.
     *
     * @param atMost how long the process may be held up
     */
    public void onProcessEnd(Duration atMost) {
        if (armed.compareAndSet(false, true)) {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                request();
                                awaitFinished(atMost);
                            },
                            "usageflow-stop"));
        }
    }

    /** As {@link #onProcessEnd(Duration)}, for a minute at most. */
    public void onProcessEnd() {
        onProcessEnd(Duration.ofMinutes(1));
    }

    /** Whether the stop has been asked for. */
    public boolean isRequested() {
        return await(Duration.ZERO);
    }

    /** Waits until the stop is asked for; an interrupt counts as that. */
    public void await() {
        while (!await(Duration.ofDays(1))) {
            // Not yet.
        }
    }

    /** Returns whether the stop has been asked for. */
    public boolean await(Duration atMost) {
        try {
            return requested.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void awaitFinished(Duration atMost) {
        try {
            if (!finished.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println("usageflow: not finished after " + atMost.toSeconds()
                        + " s, ends now; what is not committed is done again after the next start");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
