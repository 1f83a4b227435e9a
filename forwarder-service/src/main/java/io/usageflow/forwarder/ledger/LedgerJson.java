package io.usageflow.forwarder.ledger;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.ledger.LedgerBalance.Finding;
import io.usageflow.forwarder.ledger.LedgerBalance.PartitionBalance;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The balance for scripts and for the console. Pure; names in it are API. */
public final class LedgerJson {
    private LedgerJson() {}

    /** As {@link #of(LedgerBalance, Instant)}, with the events in flight. */
    public static ObjectNode of(LedgerBalance balance, InFlight inFlight, Duration oldestMax, Instant readAt) {
        ObjectNode json = of(balance, readAt);
        inFlight.oldest().ifPresent(age -> json.put("oldest_in_flight_age_seconds", age.toSeconds()));
        var problems = json.putArray("in_flight_problems");
        for (InFlight.Partition partition : inFlight.partitions()) {
            partition.problem(oldestMax).ifPresent(text -> {
                ObjectNode problem = problems.addObject()
                        .put("partition", partition.partition())
                        .put("in_flight", partition.events())
                        .put("expired", partition.expired());
                partition.oldest().ifPresent(age -> problem.put("oldest_age_seconds", age.toSeconds()));
                problem.put("text", text);
            });
        }
        return json;
    }

    /** @param readAt when the ledger was read */
    public static ObjectNode of(LedgerBalance balance, Instant readAt) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("read_at", readAt.toString());
        json.put("balanced", balance.isBalanced());
        if (balance.knownExpired() > 0) {
            json.put("expired_known", balance.knownExpired());
        }
        ObjectNode total = json.putObject("total");
        total.set("admission", counters(balance.totals(LedgerBalance.ADMISSION)));
        total.set("delivery", counters(balance.totals(LedgerBalance.DELIVERY)));
        total.put("in_flight", balance.inFlight());
        var partitions = json.putArray("partitions");
        for (PartitionBalance each : balance.partitions()) {
            ObjectNode partition = partitions.addObject().put("partition", each.partition());
            partition.set("admission", counters(each.admission()));
            partition.set("delivery", counters(each.delivery()));
            partition.put("in_flight", each.inFlight());
        }
        var findings = json.putArray("findings");
        for (Finding finding : balance.findings()) {
            findings.addObject()
                    .put("kind", finding.kind().name().toLowerCase(Locale.ROOT))
                    .put("stage", finding.stage())
                    .put("partition", finding.partition())
                    .put("difference", finding.difference())
                    .put("text", finding.text());
        }
        return json;
    }

    private static ObjectNode counters(Map<String, Long> counters) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        new TreeMap<>(counters).forEach(json::put);
        return json;
    }
}
