package io.usageflow.forwarder.doctor;

/** What a check needs to ask does not answer; the check that is about the answering says why and what to do. */
public final class NotReachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotReachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
