package io.usageflow.forwarder.doctor.check;

import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.config.SettingsException;
import io.usageflow.forwarder.doctor.Check;
import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.forwarder.doctor.Doctor;
import io.usageflow.forwarder.doctor.check.CredytCheck.CredytProbe;
import io.usageflow.forwarder.doctor.kafka.BrokerCheck;
import io.usageflow.forwarder.doctor.kafka.BrokerSettingsCheck;
import io.usageflow.forwarder.doctor.kafka.Cluster;
import io.usageflow.forwarder.doctor.kafka.ReplicasCheck;
import io.usageflow.forwarder.doctor.kafka.RightsCheck;
import io.usageflow.forwarder.doctor.kafka.TopicsCheck;
import io.usageflow.forwarder.doctor.kafka.UnreadCheck;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** All that is looked at for a forwarder with certain settings. */
public final class ForwarderChecks {
    private static final Duration CHECK_WITHIN = Duration.ofSeconds(30);
    private static final Duration QUESTION_WITHIN = Duration.ofSeconds(8);

    private ForwarderChecks() {}

    /** Settings that cannot be loaded are a finding, too; nothing else can be looked at then. */
    public static List<CheckResult> of(ConfigSources sources) throws InterruptedException {
        Settings settings;
        try {
            settings = Settings.load(sources);
        } catch (SettingsException wrong) {
            return unusable(wrong);
        }
        var findings = new ArrayList<CheckResult>();
        findings.add(settingsFinding(settings));
        try (Cluster cluster = new Cluster(settings.kafka(), QUESTION_WITHIN)) {
            findings.addAll(new Doctor(CHECK_WITHIN).examine(checks(settings, cluster)));
        }
        return findings;
    }

    private static List<Check> checks(Settings settings, Cluster cluster) {
        Topics topics = settings.topics().names();
        var credyt = new CredytProbe(settings.credyt());
        boolean streamsProtocol =
                "streams".equals(String.valueOf(settings.kafka().streams().get("group.protocol")));
        return List.of(
                new Check(BrokerCheck.NAME, new BrokerCheck(cluster, settings.kafka())::look),
                new Check(BrokerSettingsCheck.NAME, new BrokerSettingsCheck(cluster, streamsProtocol)::look),
                new Check(TopicsCheck.NAME, new TopicsCheck(cluster, settings, QUESTION_WITHIN)::look),
                new Check(ReplicasCheck.NAME, new ReplicasCheck(cluster, settings.topicSpecs())::look),
                new Check(UnreadCheck.NAME, new UnreadCheck(cluster, settings, QUESTION_WITHIN)::look),
                new Check(RightsCheck.NAME, new RightsCheck(cluster, settings, QUESTION_WITHIN)::look),
                new Check(
                        RegistryCheck.NAME,
                        new RegistryCheck(
                                settings.registry(), topics, settings.balances().enabled())::look),
                new Check(CredytCheck.NAME, new CredytCheck(credyt, settings)::look),
                new Check(CatalogueCheck.NAME, new CatalogueCheck(credyt, settings)::look),
                new Check(ClockCheck.NAME, new ClockCheck(cluster, credyt, settings)::look),
                new Check(StateDirCheck.NAME, new StateDirCheck(settings.process(), settings.dedupWindow())::look),
                new Check(AdminPortCheck.NAME, new AdminPortCheck(settings.admin())::look),
                new Check(MemoryCheck.NAME, MemoryCheck::look));
    }

    private static CheckResult settingsFinding(Settings settings) {
        try {
            settings.requireForwarding();
            return CheckResult.ok(
                    "settings",
                    "complete; roles " + settings.process().roles() + ", topics "
                            + settings.topics().names().prefix() + ".*, instance "
                            + settings.process().instanceId());
        } catch (SettingsException missing) {
            return CheckResult.fail(
                    "settings", String.join("; ", missing.problems()), "docs/configuration.md lists all keys");
        }
    }

    private static List<CheckResult> unusable(SettingsException wrong) {
        var findings = new ArrayList<CheckResult>();
        wrong.problems()
                .forEach(problem ->
                        findings.add(CheckResult.fail("settings", problem, "docs/configuration.md lists all keys")));
        findings.add(CheckResult.skipped("all else", "cannot be looked at with these settings"));
        return findings;
    }
}
