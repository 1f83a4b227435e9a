package io.usageflow.forwarder.replay;

import java.time.Duration;

/** Asks a job to stop. Thread-safe. */
public interface Cancellation {
    /**
     * @param atMost how long to wait for the request to stop
     * @return whether the job is to stop
     */
    boolean within(Duration atMost);
}
