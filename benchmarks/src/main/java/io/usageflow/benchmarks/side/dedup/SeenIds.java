package io.usageflow.benchmarks.side.dedup;

/** The ids that one task has met. */
@FunctionalInterface
interface SeenIds {
    /**
     * Whether the event's id is new; it is remembered then.
     *
     * @param event encoded
     * @param time of its record, Unix milliseconds
     */
    boolean isFirst(byte[] event, long time);
}
