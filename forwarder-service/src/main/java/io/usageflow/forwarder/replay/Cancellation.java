package io.usageflow.forwarder.replay;

import java.time.Duration;

/** How somebody tells a job to stop. Thread-safe. */
public interface Cancellation {
    /**
     * @param atMost how long to wait for it, unless it is asked for already
     * @return whether the job is to stop
     */
    boolean within(Duration atMost);
}
