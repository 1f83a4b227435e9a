package io.usageflow.forwarder.doctor.kafka;

import io.usageflow.forwarder.config.Role;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.forwarder.kafka.recovery.TransactionRights;
import io.usageflow.schema.topic.Topics;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/** Whether this user may read and write what its roles need, as the brokers themselves say. */
public record RightsCheck(Cluster cluster, Settings settings) {
    public static final String NAME = "rights";

    public List<CheckResult> look() {
        Admin admin = cluster.admin();
        var findings = new ArrayList<CheckResult>();
        Map<String, Set<AclOperation>> held = new HashMap<>();
        Map<String, Set<AclOperation>> needed =
                needed(settings.topics().names(), settings.process().roles());
        if (settings.balances().isKeptBy(settings.process().roles())) {
            addBalances(needed, settings.topics().names());
        }
        admin.describeTopics(needed.keySet(), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues()
                .forEach((topic, description) -> {
                    try {
                        held.put(
                                topic,
                                Objects.requireNonNullElse(
                                        cluster.answer(description).authorizedOperations(), Set.of()));
                    } catch (AuthorizationException mayNot) {
                        held.put(topic, Set.of());
                    } catch (KafkaException missing) {
                        // Whether it exists is another check's; a topic without rights is said to be missing, too.
                    }
                });
        findings.addAll(judge(needed, held));
        groups().forEach(group -> findings.addAll(group(admin, group)));
        transactionalId(admin, findings);
        findings.addAll(judgeTransactions(TransactionRights.of(admin, written(needed), true)));
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

    private List<String> groups() {
        var groups = new ArrayList<String>();
        Topics topics = settings.topics().names();
        if (settings.process().roles().contains(Role.ADMISSION)) {
            groups.add(settings.admission().engine().applicationId(topics));
        }
        if (settings.process().roles().contains(Role.DELIVERY)) {
            groups.add(deliveryGroup());
        }
        if (settings.balances().isKeptBy(settings.process().roles())) {
            groups.add(settings.balances().group(topics));
        }
        if (settings.billingSamples().areTakenBy(settings.process().roles(), settings.catalogue())) {
            groups.add(settings.billingSamples().group(topics));
        }
        return groups;
    }

    private List<CheckResult> group(Admin admin, String group) {
        try {
            return cluster
                    .answer(admin.describeConsumerGroups(
                                    List.of(group),
                                    new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                            .all())
                    .values()
                    .stream()
                    .flatMap(description ->
                            judgeGroup(group, Objects.requireNonNullElse(description.authorizedOperations(), Set.of()))
                                    .stream())
                    .toList();
        } catch (AuthorizationException mayNot) {
            return judgeGroup(group, Set.of());
        } catch (GroupIdNotFoundException notYet) {
            return List.of();
        } catch (KafkaException otherKind) {
            // A group of Streams' own protocol is not described as a consumer group; its rights show when it joins.
            return List.of();
        }
    }

    private String deliveryGroup() {
        return deliveryGroup(settings);
    }

    static String deliveryGroup(Settings settings) {
        return settings.delivery().settling().group(settings.topics().names());
    }

    private void transactionalId(Admin admin, List<CheckResult> findings) {
        String id = deliveryGroup() + "-" + settings.process().instanceId();
        try {
            cluster.answer(admin.describeTransactions(List.of(id)).description(id));
        } catch (AuthorizationException mayNot) {
            findings.add(CheckResult.fail(
                    NAME,
                    "may not use the transactional id " + id,
                    "grant WRITE and DESCRIBE on the transactional ids that begin with "
                            + settings.topics().names().prefix()));
        } catch (TransactionalIdNotFoundException expected) {
            // It may be described, and has not been used yet.
        }
    }

    private static List<String> written(Map<String, Set<AclOperation>> needed) {
        return needed.entrySet().stream()
                .filter(topic -> topic.getValue().contains(AclOperation.WRITE))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Without them all runs, until a broker dies at the wrong moment. */
    public static List<CheckResult> judgeTransactions(TransactionRights rights) {
        return rights.risk().stream()
                .map(risk -> CheckResult.warn(
                        NAME,
                        risk,
                        "know whom to ask on that day (docs/runbook.md, A transaction does not end); it"
                                + " is no right of the" + " service's own"))
                .toList();
    }

    /** What each topic must allow. */
    public static Map<String, Set<AclOperation>> needed(Topics topics, Set<Role> roles) {
        Map<String, Set<AclOperation>> needed = new TreeMap<>();
        if (roles.contains(Role.ADMISSION)) {
            List.of(topics.events(), topics.replays(), topics.customerLinks(), topics.vendorLinks())
                    .forEach(topic -> add(needed, topic, AclOperation.READ));
            List.of(
                            topics.events(),
                            topics.customerLinks(),
                            topics.deliverable(),
                            topics.deadLetters(),
                            topics.ledger())
                    .forEach(topic -> add(needed, topic, AclOperation.WRITE));
        }
        if (roles.contains(Role.DELIVERY)) {
            List.of(topics.deliverable(), topics.deliveryState())
                    .forEach(topic -> add(needed, topic, AclOperation.READ));
            List.of(topics.receipts(), topics.deadLetters(), topics.deliveryState(), topics.ledger())
                    .forEach(topic -> add(needed, topic, AclOperation.WRITE));
        }
        return needed;
    }

    private static void addBalances(Map<String, Set<AclOperation>> needed, Topics topics) {
        List.of(topics.balances(), topics.customerLinks()).forEach(topic -> add(needed, topic, AclOperation.READ));
        add(needed, topics.balances(), AclOperation.WRITE);
    }

    private static void add(Map<String, Set<AclOperation>> needed, String topic, AclOperation operation) {
        needed.computeIfAbsent(topic, name -> EnumSet.noneOf(AclOperation.class))
                .add(operation);
    }

    public static List<CheckResult> judge(Map<String, Set<AclOperation>> needed, Map<String, Set<AclOperation>> held) {
        var findings = new ArrayList<CheckResult>();
        held.forEach((topic, operations) -> needed.getOrDefault(topic, Set.of()).forEach(operation -> {
            if (!operations.contains(operation)) {
                findings.add(CheckResult.fail(
                        NAME,
                        "may not " + operation + " " + topic,
                        "kafka-acls.sh --add --allow-principal User:NAME --operation " + operation + " --topic "
                                + topic));
            }
        }));
        return findings;
    }

    public static List<CheckResult> judgeGroup(String group, Set<AclOperation> held) {
        return held.contains(AclOperation.READ)
                ? List.of()
                : List.of(CheckResult.fail(
                        NAME,
                        "may not READ the group " + group,
                        "kafka-acls.sh --add --allow-principal User:NAME --operation READ --group " + group));
    }
}
