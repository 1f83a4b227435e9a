package io.usageflow.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.totals.Tally;
import java.math.BigDecimal;
import java.util.Map;

/** {@code /customers/{id}/stats} and {@code /vendors/{id}/stats}; no source shows the real shape. */
final class StatsView {
    private StatsView() {}

    static ObjectNode of(Tally tally) {
        Tally.View view = tally.view();
        ObjectNode json = Json.object().put("events", view.events());
        json.set("fees", amounts("asset", view.fees()));
        json.set("costs", amounts("currency", view.costs()));
        return json;
    }

    private static ArrayNode amounts(String unit, Map<String, BigDecimal> amounts) {
        ArrayNode list = Json.array();
        amounts.forEach((code, amount) -> list.addObject().put(unit, code).put("amount", amount));
        return list;
    }
}
