package io.usageflow.benchmarks.side;

import io.usageflow.forwarder.config.Settings;

/** What is measured, as its process runs it. Used by one thread. */
public interface SideProgram {
    /** Starts with nothing remembered under the settings' topics and state folder; returns at once. */
    void start(Settings settings);

    /** Whether events flow through it now. */
    boolean ready();

    /**
     * Whether it goes on.
     *
     * @throws IllegalStateException saying why not
     */
    void requireAlive();

    /** Events that came out since the start, where the program itself counts them; below 0 where it does not. */
    long forwarded();

    /** Ids forgotten since the start because their window was over; below 0 where it does not count them. */
    default long forgotten() {
        return -1;
    }

    /** Where it serves its metrics; empty where it does not. */
    default String metricsUrl() {
        return "";
    }

    /** Stops in order; another start may follow. */
    void stop();
}
