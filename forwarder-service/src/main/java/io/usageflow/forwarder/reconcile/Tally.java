package io.usageflow.forwarder.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts on the way. Bounded: what has too many names is counted under one. Not thread-safe. */
final class Tally {
    private static final int NAMES_MAX = 1_000;
    private static final String OTHERS = "(others)";

    private long receipts;
    private final Map<FindingKind, Long> findings = new EnumMap<>(FindingKind.class);
    private final Map<String, BigDecimal> fees = new TreeMap<>();
    private final Map<String, Long> billed = new TreeMap<>();
    private final Map<String, Long> unbilled = new TreeMap<>();
    private final Map<String, Long> missing = new TreeMap<>();
    private final Map<String, Long> repairs = new TreeMap<>();

    /** A receipt was judged. */
    void receipt() {
        receipts++;
    }

    /** A record is no receipt, or none that can be read. */
    void unreadable(Finding finding) {
        receipts++;
        found(finding);
    }

    void found(Finding finding) {
        findings.merge(finding.kind(), 1L, Long::sum);
        if (finding.kind() == FindingKind.MISSING) {
            add(missing, finding.subject().account());
        }
    }

    /**
     * What Credyt charged for an event.
     *
     * @param free whether its type has no price, so that fees are not missed
     * @param repeated whether the event's fees are counted with another receipt of the same event
     */
    void fees(Subject subject, JsonNode event, boolean free, boolean repeated) {
        JsonNode list = event.path("fees");
        if (!list.isEmpty() || !free) {
            add(list.isEmpty() ? unbilled : billed, subject.eventType().orElse("(expired)"));
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

    ReconcileSummary summary() {
        return new ReconcileSummary(receipts, findings, fees, billed, unbilled, missing, repairs);
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("receipts", receipts);
        findings.forEach((kind, count) -> json.withObject("/findings").put(kind.name(), count));
        // As text, so that nobody on the way makes a double of it.
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

    static Tally of(JsonNode json) {
        var tally = new Tally();
        tally.receipts = json.path("receipts").longValue();
        json.path("findings")
                .properties()
                .forEach(kind -> tally.findings.put(
                        FindingKind.valueOf(kind.getKey()), kind.getValue().longValue()));
        json.path("fees")
                .properties()
                .forEach(fee -> tally.fees.put(
                        fee.getKey(), new BigDecimal(fee.getValue().asText())));
        restore(tally.billed, json.path("billed"));
        restore(tally.unbilled, json.path("unbilled"));
        restore(tally.missing, json.path("missing"));
        restore(tally.repairs, json.path("repairs"));
        return tally;
    }

    private static void restore(Map<String, Long> counts, JsonNode json) {
        json.properties()
                .forEach(each -> counts.put(each.getKey(), each.getValue().longValue()));
    }
}
