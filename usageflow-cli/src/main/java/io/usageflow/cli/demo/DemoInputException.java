package io.usageflow.cli.demo;

import org.jspecify.annotations.Nullable;

/** The demo was given something it cannot use; the message says what, and what to give instead. */
public final class DemoInputException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public DemoInputException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
