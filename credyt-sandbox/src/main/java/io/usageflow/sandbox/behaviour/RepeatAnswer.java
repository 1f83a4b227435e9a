package io.usageflow.sandbox.behaviour;

/** How an id that was sent before is answered. It never changes what is stored: the first content wins. */
public enum RepeatAnswer {
    /** Like the first time. The default: "duplicates are ignored". */
    SUCCESS,
    /** 409. */
    CONFLICT,
    /** 422 whose {@code errors} name the id. */
    UNPROCESSABLE
}
