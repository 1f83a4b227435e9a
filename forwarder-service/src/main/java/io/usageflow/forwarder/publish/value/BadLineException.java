package io.usageflow.forwarder.publish.value;

/** A line cannot become an event. The message names the field and the remedy, without the line's number. */
public final class BadLineException extends Exception {
    private static final long serialVersionUID = 1L;

    public BadLineException(String message) {
        super(message);
    }
}
