package io.usageflow.forwarder.doctor;

import java.util.List;

/** Looks at one thing and changes nothing. Runs once, on a thread of its own. */
public interface Check {
    /** A word or two, such as {@code topics}. */
    String name();

    /**
     * Runs the check.
     *
     * @return at least one finding
     * @throws Exception where it could not be looked at; the message becomes a finding
     */
    List<CheckResult> look() throws Exception;

    /** What a check needs to ask does not answer; the check that is about the answering says why and what to do. */
    public static final class NotReachableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public NotReachableException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
