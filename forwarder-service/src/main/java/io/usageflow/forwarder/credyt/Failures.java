package io.usageflow.forwarder.credyt;

import java.io.InterruptedIOException;
import java.util.concurrent.TimeoutException;

/** Exceptions of the client as answers. Pure. */
final class Failures {
    private Failures() {}

    static Answer of(Throwable broken) {
        boolean timeout = broken instanceof InterruptedIOException || broken instanceof TimeoutException;
        String message = broken.getMessage();
        return new Answer.Failure(
                timeout, broken.getClass().getSimpleName() + (message == null ? "" : ": " + firstLine(message)));
    }

    private static String firstLine(String message) {
        String line = message.lines().findFirst().orElse("");
        return line.length() <= 200 ? line : line.substring(0, 200);
    }
}
