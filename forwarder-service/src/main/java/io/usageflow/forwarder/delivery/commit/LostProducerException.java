package io.usageflow.forwarder.delivery.commit;

/** The transactional producer cannot go on; a new one can, and takes over what is uncertain. */
public final class LostProducerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean fenced;

    /** @param fenced whether another process has taken the transactional id */
    public LostProducerException(String what, boolean fenced, Throwable cause) {
        super(what + ": " + cause.getMessage(), cause);
        this.fenced = fenced;
    }

    public boolean fenced() {
        return fenced;
    }
}
