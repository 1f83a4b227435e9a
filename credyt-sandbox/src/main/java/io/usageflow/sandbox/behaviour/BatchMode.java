package io.usageflow.sandbox.behaviour;

/** What becomes of a request in which some events are bad. No source tells which one Credyt does. */
public enum BatchMode {
    /** Nothing is stored; 422 names the bad ones. The default. */
    ALL_OR_NOTHING,
    /** The good ones are stored; 422 names the bad ones. */
    ACCEPT_GOOD,
    /** The good ones are stored; the success answer does not mention the bad ones. */
    IGNORE_BAD,
    /** The good ones are stored; the success answer has one result per event. */
    PER_ITEM_RESULTS
}
