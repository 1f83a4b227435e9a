package io.usageflow.forwarder.delivery.avro;

/** What says that Credyt has an event: the answer to the request that carried it, or Credyt asked for it. */
public enum Proof {
    /** The answer: accepted. */
    ACCEPTED("ACCEPTED", "ANSWER"),
    /** The answer: there from before. */
    ALREADY_KNOWN("ALREADY_KNOWN", "ANSWER"),
    /** The answer did not say so, and {@code GET /events/{id}} showed the event. */
    LOOKUP("ALREADY_KNOWN", "LOOKUP");

    private final String outcome;
    private final String word;

    Proof(String outcome, String word) {
        this.outcome = outcome;
        this.word = word;
    }

    /** The receipt's {@code outcome}. */
    public String outcome() {
        return outcome;
    }

    /** The receipt's {@code proof}. */
    public String word() {
        return word;
    }

    public boolean known() {
        return this != ACCEPTED;
    }
}
