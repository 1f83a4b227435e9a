package io.usageflow.forwarder.observe.meter;

import java.util.List;

/** The ledger's meters. Their names are an interface. Every process reads the whole ledger, so take their maximum. */
public enum LedgerMeter implements CataloguedMeter {
    IMBALANCE(
            "usageflow.ledger.imbalance",
            "gauge",
            "events",
            List.of("kind"),
            "Events by which the books do not balance, over all stages and partitions, by the kind of the finding as in"
                    + " usageflow ledger --json: outcomes, reasons, ahead, expired_unread, unreadable (records of the"
                    + " ledger's topic). 0 where all balances."),
    IN_FLIGHT(
            "usageflow.ledger.in.flight",
            "gauge",
            "events",
            List.of(),
            "Events that were admitted and are not settled by delivery, over all partitions."),
    AGE(
            "usageflow.ledger.age",
            "gauge",
            "seconds",
            List.of(),
            "How long ago the ledger was read; before the first reading, how long it has been wanted."),
    RECONCILE_FINDINGS(
            "usageflow.reconcile.findings",
            "gauge",
            "events",
            List.of("check"),
            "What the last reconciliation of all accounts that ended found, by check: receipts, usageflow reconcile;"
                    + " lists, usageflow reconcile --unknown. NaN before the first."),
    RECONCILE_AGE(
            "usageflow.reconcile.age",
            "gauge",
            "seconds",
            List.of("check"),
            "How long ago it ended. NaN before the first.");

    @SuppressWarnings("ImmutableEnumChecker") // it copies its list
    private final Description description;

    LedgerMeter(String meterName, String kind, String unit, List<String> tags, String doc) {
        description = new Description(meterName, kind, unit, tags, doc);
    }

    @Override
    public Description description() {
        return description;
    }
}
