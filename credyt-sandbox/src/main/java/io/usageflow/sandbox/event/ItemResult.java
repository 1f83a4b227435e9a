package io.usageflow.sandbox.event;

import io.usageflow.sandbox.json.FieldErrors;

/** What became of one event of a request. */
public record ItemResult(String id, State state, FieldErrors errors) {
    /** Closed: a client has to tell these three apart. */
    public enum State {
        ACCEPTED,
        /** The id was there already; nothing changed. */
        DUPLICATE,
        REJECTED
    }

    static ItemResult accepted(String id) {
        return new ItemResult(id, State.ACCEPTED, new FieldErrors());
    }

    static ItemResult duplicate(String id) {
        return new ItemResult(id, State.DUPLICATE, new FieldErrors());
    }

    static ItemResult rejected(String id, FieldErrors errors) {
        return new ItemResult(id, State.REJECTED, errors);
    }
}
