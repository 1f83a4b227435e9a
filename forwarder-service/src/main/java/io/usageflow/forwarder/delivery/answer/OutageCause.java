package io.usageflow.forwarder.delivery.answer;

/** Why nothing is sent. */
public enum OutageCause {
    UNAVAILABLE("Credyt does not answer, or asks to wait"),
    REFUSED("each request is refused for a reason that is no event's: check the account at Credyt, credyt.url, and what"
            + " stands on the way"),
    AUTH("Credyt refuses the API key: check credyt.api.key"),
    REDIRECTED("Credyt's address answers with a redirect, which is never followed: check credyt.url");

    private final String meaning;

    OutageCause(String meaning) {
        this.meaning = meaning;
    }

    /** One clause for people, with the remedy. */
    public String meaning() {
        return meaning;
    }
}
