package io.usageflow.benchmarks.program;

import io.usageflow.forwarder.config.Settings;

/** What is measured, as its process runs it. Used by one thread. */
public interface SideProgram {
    /** Starts with nothing remembered under the settings' topics and state folder; returns at once. */
    void start(Settings settings);

    /** Whether events flow through it now. */
    boolean ready();

    /** Throws, with the reason, if the program no longer works. */
    void requireAlive();

    /** Events that came out since the start, if the program itself counts them; below 0 if it does not. */
    default long forwarded() {
        return -1;
    }

    /** Where it serves its metrics; empty if it does not. */
    default String metricsUrl() {
        return "";
    }

    /** Stops in order; another start may follow. */
    void stop();
}
