package io.usageflow.forwarder.reconcile;

import java.util.List;

/**
 * A problem with an event, or with a record.
 *
 * @param differences at least one for a DIFFERENT event; none for others
 * @param detail one sentence for people
 */
public record ReconcileFinding(Kind kind, EventRef event, List<Difference> differences, String detail) {
    public ReconcileFinding {
        differences = List.copyOf(differences);
    }

    /** Returns a finding without differences. */
    public static ReconcileFinding of(Kind kind, EventRef event, String detail) {
        return new ReconcileFinding(kind, event, List.of(), detail);
    }

    /** What is wrong with an event. Closed; reports and scripts have these words. */
    public enum Kind {
        MISSING("Credyt accepted the event and does not have it now: it is not billed. --repair sends it again."),
        UNBILLED("Credyt has the event and charged nothing: no fees. Look at the price of its type and"
                + " the subscription."),
        DIFFERENT("Credyt has the event with other content than was sent."),
        UNCHECKED("The event could not be checked, or not wholly: its detail says why."),
        UNREADABLE("A record among the receipts that cannot be read: no event was checked by it. Its"
                + " detail says where it stands" + " and why."),
        UNKNOWN_TO_US("Credyt has the event, and nothing here ever sent it: another system writes with the"
                + " same key, or the same" + " usage was sent under another id. Nothing is to be sent for it.");

        /** The kinds that a record of the receipts' topic can have. */
        public static final List<Kind> OF_RECEIPTS = List.of(MISSING, UNBILLED, DIFFERENT, UNCHECKED, UNREADABLE);

        private final String meaning;

        Kind(String meaning) {
            this.meaning = meaning;
        }

        /** For people. */
        public String meaning() {
            return meaning;
        }
    }

    /**
     * One field that differs.
     *
     * @param field its path, such as {@code costs[0].amount} or {@code data.total_tokens}
     * @param ours the value that was sent, as JSON; {@code -} if none
     * @param theirs the value that Credyt has, as JSON; {@code -} if none
     */
    public record Difference(String field, String ours, String theirs) {
        public static final String NONE = "-";
    }
}
