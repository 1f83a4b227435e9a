package io.usageflow.forwarder.doctor.kafka;

import io.usageflow.forwarder.config.Role;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.forwarder.kafka.recovery.TransactionRights;
import io.usageflow.forwarder.topics.KafkaRights;
import io.usageflow.forwarder.topics.MissingRights;
import io.usageflow.schema.topic.Topics.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.resource.ResourceType;

/** Whether this user has the rights that its roles need, and what is weaker without the others. */
public record RightsCheck(Cluster cluster, Settings settings, Duration atMost) {
    public static final String NAME = "rights";

    public List<CheckResult> look() {
        Admin admin = cluster.admin();
        var findings = new ArrayList<CheckResult>(judge(MissingRights.of(admin, atMost, settings)));
        findings.addAll(judgeTransactions(TransactionRights.of(admin, written(), true)));
        findings.addAll(openTransactions(admin));
        if (findings.isEmpty()) {
            findings.add(CheckResult.ok(NAME, "what the roles " + roles() + " need is granted"));
        }
        return findings;
    }

    private String roles() {
        return String.join(
                ", ",
                settings.process().roles().stream().map(Role::word).sorted().toList());
    }

    static String deliveryGroup(Settings settings) {
        return settings.delivery().settling().group(settings.topics().names());
    }

    private List<String> written() {
        KafkaRights rights = KafkaRights.forwarder(settings);
        return settings.topicSpecs().stream()
                .map(TopicSpec::name)
                .filter(topic -> rights.needed().stream()
                        .anyMatch(grant ->
                                grant.operation() == AclOperation.WRITE && grant.covers(ResourceType.TOPIC, topic)))
                .toList();
    }

    /** Whether the brokers know the questions that transaction recovery asks. */
    private List<CheckResult> openTransactions(Admin admin) {
        var ledger = new TopicPartition(settings.topics().names().ledger(), 0);
        try {
            cluster.answer(admin.describeProducers(List.of(ledger)).partitionResult(ledger));
            return List.of();
        } catch (UnsupportedVersionException unknownQuestion) {
            return List.of(CheckResult.warn(
                    NAME,
                    "the brokers do not list open transactions: a committed one that a dying broker left open is"
                            + " not seen, and its records are lost if the next one is aborted",
                    "use brokers that usageflow is tested with (docs/running.md)"));
        } catch (KafkaException otherwise) {
            // A refusal or a missing topic is found above and by other checks.
            return List.of();
        }
    }

    public static List<CheckResult> judge(List<MissingRights> missing) {
        return missing.stream()
                .map(right -> CheckResult.fail(NAME, right.text(), right.grant().command()))
                .toList();
    }

    /** Without them all runs, until a broker dies at the wrong moment. */
    public static List<CheckResult> judgeTransactions(TransactionRights rights) {
        return rights.risk().stream()
                .map(risk -> CheckResult.warn(
                        NAME,
                        risk,
                        "know whom to ask on that day (docs/runbook.md, A transaction does not end); it"
                                + " is no right of the service's own"))
                .toList();
    }
}
