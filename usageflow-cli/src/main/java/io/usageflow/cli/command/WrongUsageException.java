package io.usageflow.cli.command;

/** What the user gave cannot be used, as only the command itself could find out. The message names the remedy. */
public final class WrongUsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WrongUsageException(String message) {
        super(message);
    }

    public WrongUsageException(String message, Throwable cause) {
        super(message, cause);
    }

    public WrongUsageException(IllegalArgumentException cause) {
        super(cause.getMessage(), cause);
    }
}
