package io.usageflow.sandbox.behaviour;

/** Which event and cost ids are valid; every example of Credyt shows a UUID. */
public enum EventIdFormat {
    /** The 36-character form of a UUID. The default. */
    UUID,
    /** Any text that is not blank. */
    ANY
}
