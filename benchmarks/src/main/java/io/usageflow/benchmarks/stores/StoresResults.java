package io.usageflow.benchmarks.stores;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.ground.Side;
import io.usageflow.benchmarks.ground.SideOptions;
import io.usageflow.benchmarks.report.Machine;
import io.usageflow.benchmarks.report.Rounded;
import io.usageflow.benchmarks.report.Series;
import java.time.Duration;
import java.util.List;

/** What a run has found. Immutable. */
public record StoresResults(StoresPlan plan, SideOptions options, List<Store> stores) {
    public StoresResults {
        stores = List.copyOf(stores);
    }

    /**
     * One way to remember ids.
     *
     * @param memory of its process after the last round
     * @param ids remembered then
     * @param stateBytes of its folder
     * @param restart from its start until events would flow, with the state kept
     * @param restore the same after the loss of the state folder
     */
    public record Store(
            Series series, Side.Memory memory, long ids, long stateBytes, Duration restart, Duration restore) {
        public ObjectNode json() {
            ObjectNode json = series.json();
            json.put("ids", ids);
            json.put("diskBytesPerId", Rounded.to(1, (double) stateBytes / ids));
            json.put("restartSeconds", Rounded.to(1, restart.toMillis() / 1e3));
            json.put("restoreSeconds", Rounded.to(1, restore.toMillis() / 1e3));
            json.put("residentMiB", memory.resident() >> 20);
            return json;
        }
    }

    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("benchmark", "stores").put("quick", plan.quick());
        ObjectNode all = json.putObject("stores");
        stores.forEach(store -> all.set(store.series().side(), store.json()));
        ObjectNode settings = json.putObject("settings");
        settings.put("ids", plan.ids()).put("rounds", plan.rounds()).put("slice", plan.slice());
        settings.setAll(options.json());
        json.set("machine", Machine.json());
        return json;
    }
}
