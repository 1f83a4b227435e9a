package io.usageflow.forwarder.delivery;

/** The transactional producer cannot go on; a new one can, and takes over what is uncertain. */
final class LostProducerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean fenced;

    /** @param fenced whether another process has taken the transactional id */
    LostProducerException(String what, boolean fenced, Throwable cause) {
        super(what + ": " + cause.getMessage(), cause);
        this.fenced = fenced;
    }

    boolean fenced() {
        return fenced;
    }
}
