package io.usageflow.benchmarks.expiry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.ground.SideOptions;
import io.usageflow.benchmarks.report.Figure;
import io.usageflow.benchmarks.report.Machine;
import io.usageflow.benchmarks.report.Series;
import java.util.List;

/**
 * What a run has found. Immutable.
 *
 * @param forgotten ids, in each round, while the slice was handled
 */
public record ExpiryResults(
        ExpiryPlan plan, SideOptions options, Series forgetting, Series keeping, List<Long> forgotten) {
    public ExpiryResults {
        forgotten = List.copyOf(forgotten);
    }

    public Figure figure() {
        return new Figure("expiry", "none", forgetting, keeping);
    }

    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("benchmark", "expiry").put("quick", plan.quick());
        json.put("expiry", figure().value());
        json.putObject("figures").set("expiry", figure().json());
        ObjectNode sides = json.putObject("sides");
        sides.set(keeping.side(), keeping.json());
        ObjectNode forgets = forgetting.json();
        ArrayNode ids = forgets.putArray("idsForgotten");
        forgotten.forEach(ids::add);
        sides.set(forgetting.side(), forgets);
        ObjectNode settings = json.putObject("settings");
        settings.put("rounds", plan.rounds()).put("slice", plan.slice());
        ExpiryPlan.FORGETTING.forEach(settings.putObject("forgetting")::put);
        settings.setAll(options.json());
        json.set("machine", Machine.json());
        return json;
    }
}
