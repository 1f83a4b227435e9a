package io.usageflow.forwarder.doctor;

/** From good to bad. */
public enum CheckStatus {
    OK,
    /** Could not be looked at, because something else is missing that stands beside it. */
    SKIPPED,
    /** The forwarder runs, but something will hurt some day. */
    WARN,
    /** The forwarder does not run like this, or loses what it promises. */
    FAIL
}
