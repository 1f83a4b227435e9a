package io.usageflow.forwarder.clock;

/** This machine's clock and the brokers' are too far apart. The message says how far, and what to do. */
public final class WrongClockException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongClockException(String message) {
        super(message);
    }
}
