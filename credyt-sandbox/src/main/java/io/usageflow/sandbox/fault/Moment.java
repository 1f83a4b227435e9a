package io.usageflow.sandbox.fault;

/** Whether the request takes effect although it is seen to fail: a client cannot tell the two apart. */
public enum Moment {
    BEFORE_COMMIT,
    AFTER_COMMIT
}
