package io.usageflow.forwarder.admission;

/** Which way an event came in. */
enum Lane {
    /** From producers: each id once. */
    EVENTS,
    /** From operators, who have seen the dead letter: neither its age nor its id refuses it again. */
    REPLAYS
}
