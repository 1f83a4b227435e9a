package io.usageflow.sandbox.behaviour;

/** A failure of the whole API. The admin surface keeps answering. */
public enum Outage {
    NONE,
    /** Every request is answered 503. */
    UNAVAILABLE,
    /** Every connection is closed without an answer. */
    DROP
}
