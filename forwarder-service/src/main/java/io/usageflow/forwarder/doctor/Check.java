package io.usageflow.forwarder.doctor;

import java.util.List;
import java.util.concurrent.Callable;

/**
 * Looks at one thing and changes nothing. Runs once, on a thread of its own.
 *
 * @param name a word or two, such as {@code topics}
 * @param look returns at least one finding; the message of an exception becomes one
 */
public record Check(String name, Callable<List<CheckResult>> look) {
    /** What a check needs does not answer; another check says why and what to do. */
    public static final class NotReachableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public NotReachableException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
