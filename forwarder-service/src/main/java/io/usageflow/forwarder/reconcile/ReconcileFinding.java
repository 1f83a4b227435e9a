package io.usageflow.forwarder.reconcile;

import java.util.List;

/**
 * A problem with an event, or with a record.
 *
 * @param differences fields that differ, of the content or of the fees; none if the whole event is the problem
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
        FEES_DOUBLE("Credyt charged the event twice, or one of its prices did."),
        WRONG_VERSION("Another version of the product charged than the customer has subscribed to."),
        FEES_MISSING("Credyt charged the event, but not by every price that should have charged it."),
        FEES_DIFFER("Credyt charged another amount than its prices give, by more than rounding."),
        UNCHECKED("The event could not be checked, or not wholly: its detail says why."),
        UNREADABLE("A record among the receipts that cannot be read: no event was checked by it. Its"
                + " detail says where it stands" + " and why."),
        UNKNOWN_TO_US("Credyt has the event, and nothing here ever sent it: another system writes with the"
                + " same key, or the same" + " usage was sent under another id. Nothing is to be sent for it.");

        /** The kinds that a record of the receipts' topic can have. */
        public static final List<Kind> OF_RECEIPTS = List.of(
                MISSING,
                UNBILLED,
                DIFFERENT,
                FEES_DOUBLE,
                WRONG_VERSION,
                FEES_MISSING,
                FEES_DIFFER,
                UNCHECKED,
                UNREADABLE);

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
     * @param field its path, such as {@code costs[0].amount}, {@code data.total_tokens} or {@code fees[0].amount}
     * @param ours the value that was sent, as JSON, or of a fee the estimate; {@code -} if none
     * @param theirs the value that Credyt has, as JSON; {@code -} if none
     */
    public record Difference(String field, String ours, String theirs) {
        public static final String NONE = "-";
    }
}
