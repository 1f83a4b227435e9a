package io.usageflow.forwarder.reconcile;

/** Credyt does not answer, or not to us. The message says what to do; what was checked until then is kept. */
public final class CredytSilentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CredytSilentException(String message) {
        super(message);
    }
}
