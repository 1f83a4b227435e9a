package io.usageflow.benchmarks.admission;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.ground.Side;
import io.usageflow.benchmarks.ground.SideOptions;
import io.usageflow.benchmarks.report.Figure;
import io.usageflow.benchmarks.report.Machine;
import io.usageflow.benchmarks.report.Series;
import java.util.List;

/**
 * What a run has found. Immutable.
 *
 * @param memory of admission's process once it remembered the ids, before it was measured with them
 * @param memoryInTheEnd and after that
 */
public record AdmissionResults(
        AdmissionPlan plan,
        SideOptions options,
        BesideRecipe besideRecipe,
        BesideCopy besideCopy,
        Side.Memory memory,
        Side.Memory memoryInTheEnd) {
    /** Two sides in turns. */
    public record BesideRecipe(Series admission, Series recipe) {}

    /** Three sides in turns. */
    public record BesideCopy(Series admission, Series empty, Series copy) {}

    /** Those that are ratios. */
    public List<Figure> figures() {
        return List.of(
                new Figure("P1", ">= 0.5", besideCopy.admission(), besideCopy.copy()),
                new Figure("P2", ">= 0.9", besideCopy.admission(), besideCopy.empty()),
                new Figure("P3", ">= 5", besideRecipe.admission(), besideRecipe.recipe()));
    }

    /** P11: the most that was resident up to the moment when all ids were remembered, in MiB. */
    public long memoryMiB() {
        return memory.peak() >> 20;
    }

    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("benchmark", "admission").put("quick", plan.quick());
        figures().forEach(figure -> json.put(figure.name(), figure.value()));
        json.put("P11", memoryMiB());
        ObjectNode details = json.putObject("figures");
        figures().forEach(figure -> details.set(figure.name(), figure.json()));
        details.set("P11", memoryJson());
        ObjectNode sides = json.putObject("sides");
        ObjectNode ids = sides.putObject("P1,P2");
        for (Series series : List.of(besideCopy.admission(), besideCopy.empty(), besideCopy.copy())) {
            ids.set(series.side(), series.json());
        }
        ObjectNode recipe = sides.putObject("P3");
        for (Series series : List.of(besideRecipe.admission(), besideRecipe.recipe())) {
            recipe.set(series.side(), series.json());
        }
        json.set("settings", settings());
        json.set("machine", Machine.json());
        return json;
    }

    private ObjectNode memoryJson() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("value", memoryMiB())
                .put("goal", "<= 768")
                .put("of", "MiB of admission's process, the most up to the moment when all ids were remembered (VmHWM)")
                .put("residentMiB", memory.resident() >> 20)
                .put("residentInTheEndMiB", memoryInTheEnd.resident() >> 20)
                .put("peakInTheEndMiB", memoryInTheEnd.peak() >> 20);
    }

    private ObjectNode settings() {
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        settings.put("ids", plan.ids());
        settings.put("idsBesideRecipe", plan.idsBesideRecipe());
        settings.put("rounds", plan.rounds());
        settings.putObject("slices")
                .put("admission", plan.slices().admission())
                .put("copy", plan.slices().copy())
                .put("recipe", plan.slices().recipe());
        settings.setAll(options.json());
        return settings;
    }
}
