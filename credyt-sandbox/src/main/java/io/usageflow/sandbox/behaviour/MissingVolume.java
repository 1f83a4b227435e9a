package io.usageflow.sandbox.behaviour;

/** What becomes of an event whose price needs a number in {@code data} that is not there. */
public enum MissingVolume {
    /** 422 on the field. The default: the sources call it a constraint. */
    UNPROCESSABLE,
    /** Accepted without that fee. */
    UNBILLED
}
