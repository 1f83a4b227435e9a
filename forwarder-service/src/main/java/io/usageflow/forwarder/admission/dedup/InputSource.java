package io.usageflow.forwarder.admission.dedup;

import java.util.Locale;

/** Which way an event came in. */
public enum InputSource {
    /** From producers: each id once. */
    EVENTS,
    /** From operators, who have seen the dead letter: neither its age nor its id refuses it again. */
    REPLAYS;

    /** The last part of its topic's name. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
