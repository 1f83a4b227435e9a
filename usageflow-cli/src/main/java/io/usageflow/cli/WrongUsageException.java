package io.usageflow.cli;

/** What the user gave cannot be used, as only the command itself could find out. The message names the remedy. */
final class WrongUsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongUsageException(String message) {
        super(message);
    }

    WrongUsageException(IllegalArgumentException cause) {
        super(cause.getMessage(), cause);
    }
}
