package io.usageflow.sandbox.behaviour;

/** What becomes of an event whose cost names a vendor that is not known. */
public enum UnknownVendor {
    /** 422 on the vendor's field. The default. */
    UNPROCESSABLE,
    /** The cost is recorded under the name that was sent. */
    ACCEPT
}
