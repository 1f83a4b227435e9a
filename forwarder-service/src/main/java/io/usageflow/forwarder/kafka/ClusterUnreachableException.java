package io.usageflow.forwarder.kafka;

/** Kafka did not answer. The message names the servers, the time waited and the remedy. */
public final class ClusterUnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ClusterUnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
