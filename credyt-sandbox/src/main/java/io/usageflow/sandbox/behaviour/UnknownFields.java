package io.usageflow.sandbox.behaviour;

/** Whether fields of an event that no source mentions are refused. */
public enum UnknownFields {
    /** They are kept and ignored. The default. */
    IGNORE,
    /** 422 names them: finds misspelt optional fields. */
    REJECT
}
