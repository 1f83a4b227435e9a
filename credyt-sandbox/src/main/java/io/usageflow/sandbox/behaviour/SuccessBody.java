package io.usageflow.sandbox.behaviour;

/** The body of a successful {@code POST /events}; no source shows one. */
public enum SuccessBody {
    /** {@code {}}. The default. */
    OBJECT,
    /** A list of {@code {"id"}}. */
    LIST,
    /** No body and no content type. */
    NONE
}
