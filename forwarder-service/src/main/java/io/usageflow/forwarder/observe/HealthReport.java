package io.usageflow.forwarder.observe;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How all stages of this process are, at one moment. Immutable.
 *
 * @param stages by name, in the order of an event's path; empty while none has been started, which is live, not ready
 */
public record HealthReport(Map<String, StageHealth> stages) {
    public static HealthReport of(List<? extends Stage> stages) {
        var asked = new LinkedHashMap<String, StageHealth>();
        stages.forEach(stage -> asked.put(stage.name(), stage.health()));
        return new HealthReport(asked);
    }

    /** False asks for a restart. */
    public boolean live() {
        return stages.values().stream().allMatch(StageHealth::live);
    }

    public boolean ready() {
        return live() && !stages.isEmpty() && stages.values().stream().allMatch(StageHealth::ready);
    }

    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("live", live()).put("ready", ready()).put("version", Version.current());
        ObjectNode details = json.putObject("stages");
        stages.forEach((name, health) -> details.putObject(name)
                .put("live", health.live())
                .put("ready", health.ready())
                .put("detail", health.detail()));
        return json;
    }
}
