package io.usageflow.producer;

/** What an application does about an account whose balance is not known. */
public enum WhenUnknown {
    /** Fail open: the customer is served, also while nothing is known because Credyt or Kafka is away. */
    ALLOW,
    /**
     * Fail closed: the customer is not served. So is a new customer, until the forwarder has read its wallet: after its
     * link, or after its first event.
     */
    REFUSE
}
