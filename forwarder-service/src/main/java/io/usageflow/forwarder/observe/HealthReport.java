package io.usageflow.forwarder.observe;

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

    /** The page of this report. */
    public Page page() {
        return new Page(live(), ready(), Version.current(), stages);
    }

    /** What {@code GET /health/live} and {@code /health/ready} answer. */
    public record Page(boolean live, boolean ready, String version, Map<String, StageHealth> stages) {}
}
