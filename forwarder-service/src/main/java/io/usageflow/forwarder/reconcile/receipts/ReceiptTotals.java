package io.usageflow.forwarder.reconcile.receipts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.forwarder.reconcile.ReconcileFinding;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.receipts.ReconcileSummary.RepairOutcome;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts of a run. Bounded: beyond {@value #NAMES_MAX} names, the rest is counted under one. Not thread-safe. */
public final class ReceiptTotals {
    private static final int NAMES_MAX = 1_000;
    private static final String OTHERS = "(others)";

    private long receipts;
    private final Map<Kind, Long> findings = new EnumMap<>(Kind.class);
    private final Map<String, BigDecimal> fees = new TreeMap<>();
    private final Map<String, Long> billed = new TreeMap<>();
    private final Map<String, Long> unbilled = new TreeMap<>();
    private final Map<String, Long> missing = new TreeMap<>();
    private final Map<String, Long> repairs = new TreeMap<>();

    /** A receipt was checked. */
    void receipt() {
        receipts++;
    }

    /** A record is no receipt, or none that can be read. */
    void unreadable(ReconcileFinding finding) {
        receipts++;
        found(finding);
    }

    void found(ReconcileFinding finding) {
        findings.merge(finding.kind(), 1L, Long::sum);
        if (finding.kind() == Kind.MISSING) {
            add(missing, finding.event().account());
        }
    }

    /**
     * What Credyt charged for an event.
     *
     * @param free whether its type has no price, so that fees are not missed
     * @param repeated whether the event's fees are counted with another receipt of the same event
     */
    void fees(EventRef event, JsonNode theirs, boolean free, boolean repeated) {
        JsonNode list = theirs.path("fees");
        if (!list.isEmpty() || !free) {
            add(list.isEmpty() ? unbilled : billed, event.eventType().orElse("(expired)"));
        }
        if (!repeated) {
            for (JsonNode fee : list) {
                if (fee.path("amount").isNumber()) {
                    String asset = fee.path("asset").asText(fee.path("currency").asText("(no asset)"));
                    String name = fees.containsKey(asset) || fees.size() < NAMES_MAX ? asset : OTHERS;
                    fees.merge(name, fee.path("amount").decimalValue(), BigDecimal::add);
                }
            }
        }
    }

    /** What became, or would become, of a missing event. */
    void repair(RepairOutcome outcome, long count) {
        if (count > 0) {
            repairs.merge(outcome.word(), count, Long::sum);
        }
    }

    private static void add(Map<String, Long> counts, String name) {
        counts.merge(counts.containsKey(name) || counts.size() < NAMES_MAX ? name : OTHERS, 1L, Long::sum);
    }

    public ReconcileSummary summary() {
        return new ReconcileSummary(receipts, findings, fees, billed, unbilled, missing, repairs);
    }

    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("receipts", receipts);
        findings.forEach((kind, count) -> json.withObject("/findings").put(kind.name(), count));
        // As text, so that no JSON reader makes a double of it.
        fees.forEach((asset, amount) -> json.withObjectProperty("fees").put(asset, amount.toPlainString()));
        counts(json, "billed", billed);
        counts(json, "unbilled", unbilled);
        counts(json, "missing", missing);
        counts(json, "repairs", repairs);
        return json;
    }

    private static void counts(ObjectNode json, String name, Map<String, Long> counts) {
        ObjectNode of = json.putObject(name);
        counts.forEach(of::put);
    }

    public static ReceiptTotals of(JsonNode json) {
        var totals = new ReceiptTotals();
        totals.receipts = json.path("receipts").longValue();
        json.path("findings")
                .properties()
                .forEach(kind -> totals.findings.put(
                        Kind.valueOf(kind.getKey()), kind.getValue().longValue()));
        json.path("fees")
                .properties()
                .forEach(fee -> totals.fees.put(
                        fee.getKey(), new BigDecimal(fee.getValue().asText())));
        restore(totals.billed, json.path("billed"));
        restore(totals.unbilled, json.path("unbilled"));
        restore(totals.missing, json.path("missing"));
        restore(totals.repairs, json.path("repairs"));
        return totals;
    }

    private static void restore(Map<String, Long> counts, JsonNode json) {
        json.properties()
                .forEach(each -> counts.put(each.getKey(), each.getValue().longValue()));
    }
}
