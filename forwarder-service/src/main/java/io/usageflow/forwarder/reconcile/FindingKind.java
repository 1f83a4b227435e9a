package io.usageflow.forwarder.reconcile;

import java.util.List;

/** What can be wrong with an event that Credyt has accepted, or has and should not. Closed; the words are API: reports and scripts have them. */
public enum FindingKind {
    MISSING("Credyt accepted the event and does not have it now: it is not billed. --repair sends it again."),
    UNBILLED("Credyt has the event and charged nothing: no fees. Look at the price of its type and the subscription."),
    DIFFERENT("Credyt has the event with other content than was sent."),
    UNCHECKED("The event could not be checked, or not wholly: its detail says why."),
    UNREADABLE(
            "A record among the receipts that cannot be read: no event was checked by it. Its detail says where it stands"
                    + " and why."),
    UNKNOWN_TO_US(
            "Credyt has the event, and nothing here ever sent it: another system writes with the same key, or the same"
                    + " usage was sent under another id. Nothing is to be sent for it.");

    /** Those that a record of the receipts' topic can have. */
    public static final List<FindingKind> OF_RECEIPTS = List.of(MISSING, UNBILLED, DIFFERENT, UNCHECKED, UNREADABLE);

    private final String meaning;

    FindingKind(String meaning) {
        this.meaning = meaning;
    }

    /** For people. */
    public String meaning() {
        return meaning;
    }
}
