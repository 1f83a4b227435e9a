package io.usageflow.forwarder.replay;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.replay.ReplayOutcome.CanaryFailed;
import io.usageflow.forwarder.replay.ReplayOutcome.Failed;
import java.util.Locale;
import java.util.TreeMap;

/** Plans and outcomes as JSON, for scripts and for the console: the same words everywhere. Pure. */
public final class ReplayDocument {
    private ReplayDocument() {}

    public static ObjectNode of(ReplayPlan plan, ReplayRequest request) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("filter", request.filter().toString()).put("answerable", plan.answerable());
        ObjectNode reasons = node.putObject("by_reason");
        plan.byReason().forEach(reasons::put);
        ObjectNode accounts = node.putObject("by_account");
        new TreeMap<>(plan.accounts().named()).forEach(accounts::put);
        node.put("other_accounts", plan.accounts().others());
        ArrayNode skipReasons = node.putArray("left_alone");
        new TreeMap<>(plan.skipReasons()).forEach((skipReason, skipped) -> skipReasons
                .addObject()
                .put("obstacle", skipReason.name())
                .put("count", skipped.count())
                .put("remedy", skipReason.remedy())
                .put("example", skipped.example())
                .put("detail", skipped.detail()));
        ArrayNode warnings = node.putArray("cautions");
        new TreeMap<>(plan.warnings()).forEach((warning, count) -> warnings.addObject()
                .put("caution", warning.name())
                .put("count", count)
                .put("meaning", warning.meaning()));
        ObjectNode matched = node.putObject("matched");
        plan.summary().matched().forEach((state, count) -> matched.put(state.name(), count));
        return node.put("unreadable", plan.summary().unreadable());
    }

    public static ObjectNode of(ReplayOutcome outcome, ReplayRequest request) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("job", request.audit().job());
        String end = outcome.end().getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_");
        node.put("end", end.toUpperCase(Locale.ROOT))
                .put("done", outcome.done())
                .put("to_do", outcome.toDo());
        if (outcome.end() instanceof CanaryFailed canary) {
            ArrayNode outcomes = node.putArray("canary");
            canary.outcomes().forEach(one -> outcomes.addObject()
                    .put("dead_letter", one.deadLetterId())
                    .put("outcome", one.kind().name())
                    .put("detail", one.detail()));
        } else if (outcome.end() instanceof Failed failed) {
            node.put("failure", String.valueOf(failed.cause().getMessage()));
        }
        node.set("plan", of(outcome.plan(), request));
        return node;
    }
}
