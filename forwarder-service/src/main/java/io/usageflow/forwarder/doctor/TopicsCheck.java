package io.usageflow.forwarder.doctor;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.topics.TopicAdmin;
import io.usageflow.forwarder.topics.TopicFinding;
import io.usageflow.forwarder.topics.TopicPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Whether the topics are as the pipeline needs them. */
record TopicsCheck(Cluster cluster, Settings settings, Duration atMost) implements Check {
    private static final String NAME = "topics";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Finding> look() {
        cluster.admin();
        try (TopicAdmin admin = TopicAdmin.connect(settings.kafka(), atMost)) {
            List<Finding> findings = new ArrayList<>(settings.recordBounds().obstacles(settings.kafka()).stream()
                    .map(obstacle -> Finding.fail(NAME, obstacle, "correct the settings of the forwarder"))
                    .toList());
            findings.addAll(judge(admin.plan(settings, OptionalInt.empty())));
            return findings;
        }
    }

    static List<Finding> judge(TopicPlan plan) {
        var findings = new ArrayList<Finding>();
        for (TopicFinding finding : plan.findings()) {
            finding.match(
                    ready -> true,
                    missing -> findings.add(
                            Finding.fail(NAME, missing.topic() + " does not exist", "usageflow topics apply")),
                    differs -> findings.add(new Finding(
                            NAME,
                            differs.fatal() ? Verdict.FAIL : Verdict.WARN,
                            differs.topic() + " has " + differs.setting() + "=" + differs.actual() + " instead of "
                                    + differs.wanted() + ", so that " + differs.why(),
                            java.util.Optional.of("usageflow topics apply --alter"))),
                    refused -> findings.add(
                            Finding.fail(NAME, refused.topic() + " " + refused.problem(), refused.remedy())));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(NAME, "all " + plan.findings().size() + " are as they must be"));
        }
        return findings;
    }
}
