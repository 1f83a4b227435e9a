package io.usageflow.forwarder.publish;

/** A line cannot become an event. The message names the field and the remedy, without the line's number. */
final class BadLineException extends Exception {
    private static final long serialVersionUID = 1L;

    BadLineException(String message) {
        super(message);
    }
}
