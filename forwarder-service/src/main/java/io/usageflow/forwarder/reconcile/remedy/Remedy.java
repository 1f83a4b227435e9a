package io.usageflow.forwarder.reconcile.remedy;

import io.usageflow.forwarder.reconcile.remedy.ReportReader.ReportedFinding;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became, or would become, of a finding.
 *
 * @param detail one sentence for people
 * @param amounts of the wallet adjustment, by asset; negative takes from the wallet. Empty if there is none
 */
public record Remedy(ReportedFinding finding, Outcome outcome, String detail, Map<String, BigDecimal> amounts) {
    public Remedy {
        amounts = new TreeMap<>(amounts);
    }

    static Remedy without(ReportedFinding finding, Outcome outcome, String detail) {
        return new Remedy(finding, outcome, detail, Map.of());
    }

    Remedy as(Outcome changed, String why) {
        return new Remedy(finding, changed, why, amounts);
    }

    /** Closed; the words are API. */
    public enum Outcome {
        WOULD_SEND(false, "--apply sends them again under a new id."),
        SENT(false, "Sent again under a new id; 'usageflow trace' follows them."),
        SENT_BEFORE(false, "A remedy has sent them again before: nothing is sent twice."),
        WOULD_ADJUST(false, "--apply corrects the wallet."),
        ADJUSTED(false, "The wallet is corrected."),
        ADJUSTED_BEFORE(false, "A remedy has corrected the wallet before: nothing is corrected twice."),
        NOT_NEEDED(false, "Credyt's fees are as they should be by now."),
        STILL_NOT_BILLABLE(
                true,
                "Credyt would not bill them again: correct the price, the subscription, or the event with --set."),
        UNCERTAIN(true, "The right amount is not certain to the last digit: settle it with Credyt."),
        NEEDS_CHARGE_REASON(true, "Too little was charged: --charge-reason CODE takes it from the wallet."),
        INVALID(true, "The event with the changes of --set is not valid."),
        NOT_READABLE(true, "The event has expired in Kafka, or cannot be read."),
        NO_ANSWER(true, "Credyt gave no usable answer: run the command again."),
        REFUSED(true, "Credyt refused the adjustment."),
        NO_REMEDY(true, "This command has no remedy for such a finding: docs/finance.md says what to do.");

        private final boolean open;
        private final String meaning;

        Outcome(boolean open, String meaning) {
            this.open = open;
            this.meaning = meaning;
        }

        /** Whether the finding is left for people to deal with. */
        public boolean isOpen() {
            return open;
        }

        /** For people. */
        public String meaning() {
            return meaning;
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The counts of a run.
     *
     * @param job names the run in marks
     * @param complete false if the run was stopped
     * @param findings of the report that were chosen
     * @param outcomes findings by outcome
     * @param amounts of all adjustments that were, or would be, made, by asset; exact
     * @param first the first remedies, {@value #SHOWN_MAX} at most
     */
    public record RemedySummary(
            String job,
            boolean complete,
            long findings,
            Map<Outcome, Long> outcomes,
            Map<String, BigDecimal> amounts,
            List<Remedy> first) {
        static final int SHOWN_MAX = 1_000;

        public RemedySummary {
            outcomes = new TreeMap<>(outcomes);
            amounts = new TreeMap<>(amounts);
            amounts.replaceAll((asset, amount) -> amount.stripTrailingZeros());
            first = List.copyOf(first);
        }

        public long count(Outcome outcome) {
            return outcomes.getOrDefault(outcome, 0L);
        }

        /** Whether no finding is left. */
        public boolean isDone() {
            return complete && outcomes.keySet().stream().noneMatch(Outcome::isOpen);
        }
    }
}
