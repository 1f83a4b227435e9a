package io.usageflow.sandbox.behaviour;

/** The answer for a customer that is not known. */
public enum UnknownCustomer {
    /** 422 on the customer's field. The default. */
    UNPROCESSABLE,
    /** 404. */
    NOT_FOUND
}
