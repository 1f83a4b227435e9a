package io.usageflow.forwarder.credyt.lookup;

/** Credyt does not answer, or not to us. The message says what to do; what was checked until then is kept. */
public final class CredytUnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CredytUnreachableException(String message) {
        super(message);
    }
}
