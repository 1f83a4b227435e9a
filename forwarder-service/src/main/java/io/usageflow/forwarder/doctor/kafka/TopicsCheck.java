package io.usageflow.forwarder.doctor.kafka;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.forwarder.doctor.CheckResult.CheckStatus;
import io.usageflow.forwarder.topics.TopicAdmin;
import io.usageflow.forwarder.topics.TopicFinding;
import io.usageflow.forwarder.topics.TopicPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Whether the topics are as the pipeline needs them. */
public record TopicsCheck(Cluster cluster, Settings settings, Duration atMost) {
    public static final String NAME = "topics";

    public List<CheckResult> look() {
        cluster.admin();
        try (TopicAdmin admin = TopicAdmin.connect(settings.kafka(), atMost)) {
            List<CheckResult> findings = new ArrayList<>(settings.recordBounds().obstacles(settings.kafka()).stream()
                    .map(obstacle -> CheckResult.fail(NAME, obstacle, "correct the settings of the forwarder"))
                    .toList());
            findings.addAll(judge(admin.plan(settings, OptionalInt.empty())));
            return findings;
        }
    }

    public static List<CheckResult> judge(TopicPlan plan) {
        var findings = new ArrayList<CheckResult>();
        for (TopicFinding finding : plan.findings()) {
            finding.match(
                    ready -> true,
                    missing -> findings.add(
                            CheckResult.fail(NAME, missing.topic() + " does not exist", "usageflow topics apply")),
                    differs -> findings.add(new CheckResult(
                            NAME,
                            differs.fatal() ? CheckStatus.FAIL : CheckStatus.WARN,
                            differs.topic() + " has " + differs.setting() + "=" + differs.actual() + " instead of "
                                    + differs.wanted() + ", so that " + differs.why(),
                            java.util.Optional.of("usageflow topics apply --alter"))),
                    refused -> findings.add(
                            CheckResult.fail(NAME, refused.topic() + " " + refused.problem(), refused.remedy())));
        }
        if (findings.isEmpty()) {
            findings.add(CheckResult.ok(NAME, "all " + plan.findings().size() + " are as they must be"));
        }
        return findings;
    }
}
