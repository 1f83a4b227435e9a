package io.usageflow.forwarder.topics;

import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CLUSTER_ACTION;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.CLUSTER;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;

import io.usageflow.forwarder.config.Role;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.schema.topic.Topics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.Resource;

/**
 * The rights in Kafka that a user of the pipeline needs. Immutable. {@code doctor} checks those of the forwarder,
 * docs/security.md lists them all, and SecureKafkaIT runs each user with exactly these.
 *
 * @param user a short name
 * @param does what the user runs
 * @param needed without one of these, the user's work fails
 * @param useful without one of these, the user works, but something is weaker
 */
public record KafkaRights(String user, String does, List<Grant> needed, List<Useful> useful) {

    public KafkaRights {
        needed = List.copyOf(needed);
        useful = List.copyOf(useful);
    }

    /**
     * A right that the user can do without.
     *
     * @param without what is weaker then
     */
    public record Useful(Grant grant, String without) {}

    /** Of a forwarder with these settings: its roles, and what else they switch on. */
    public static KafkaRights forwarder(Settings settings) {
        var parts = new ArrayList<KafkaRights>();
        if (settings.process().roles().contains(Role.ADMISSION)) {
            parts.add(admission(settings));
        }
        if (settings.process().roles().contains(Role.DELIVERY)) {
            parts.add(delivery(settings));
        }
        if (settings.balances().isKeptBy(settings.process().roles())) {
            parts.add(balances(settings));
        }
        if (settings.billingSamples().areTakenBy(settings.process().roles(), settings.catalogue())) {
            parts.add(billingSamples(settings));
        }
        if (settings.process().roles().contains(Role.DELIVERY)
                && settings.replay().blockedEvery().isPresent()) {
            parts.add(replay(settings));
        }
        return new KafkaRights(
                "forwarder",
                "usageflow forwarder",
                union(parts.stream().map(KafkaRights::needed)),
                union(parts.stream().map(KafkaRights::useful)));
    }

    private static <T> List<T> union(Stream<List<T>> parts) {
        return List.copyOf(parts.collect(LinkedHashSet::new, LinkedHashSet::addAll, LinkedHashSet::addAll));
    }

    /** Of every user, in the order of an event's path, with the names of these settings. */
    public static List<KafkaRights> all(Settings settings) {
        Topics topics = settings.topics().names();
        return List.of(
                new KafkaRights(
                        "publisher", "a service that publishes events", topics(WRITE, topics.events()), List.of()),
                new KafkaRights(
                        "linker",
                        "a service that publishes links of customers and vendors",
                        topics(WRITE, topics.customerLinks(), topics.vendorLinks()),
                        List.of()),
                new KafkaRights(
                        "balance reader",
                        "a service that asks the publisher's Balances",
                        topics(READ, topics.balances()),
                        List.of()),
                admission(settings),
                delivery(settings),
                balances(settings),
                billingSamples(settings),
                replay(settings),
                console(settings),
                reader(settings),
                operator(settings),
                topicAdministrator(topics));
    }

    private static KafkaRights admission(Settings settings) {
        Topics topics = settings.topics().names();
        String application = settings.admission().engine().applicationId(topics);
        var needed = new ArrayList<>(ofEachForwarder(topics));
        needed.addAll(topics(READ, topics.events(), topics.replays(), topics.customerLinks(), topics.vendorLinks()));
        // Records in the wrong partition go back to the topic that they came from.
        needed.addAll(topics(WRITE, topics.events(), topics.replays(), topics.customerLinks()));
        needed.addAll(topics(WRITE, topics.deliverable(), topics.deadLetters()));
        needed.add(Grant.under(CREATE, TOPIC, application + "-"));
        needed.add(Grant.under(READ, TOPIC, application + "-"));
        needed.add(Grant.under(WRITE, TOPIC, application + "-"));
        needed.add(Grant.on(READ, GROUP, application));
        needed.add(Grant.under(WRITE, TRANSACTIONAL_ID, application + "-"));
        return new KafkaRights(
                "admission",
                "usageflow forwarder with the role admission",
                needed,
                takeover(topics, topics.deliverable(), topics.deadLetters()));
    }

    private static KafkaRights delivery(Settings settings) {
        Topics topics = settings.topics().names();
        String group = settings.delivery().settling().group(topics);
        var needed = new ArrayList<>(ofEachForwarder(topics));
        needed.addAll(topics(READ, topics.deliverable(), topics.deliveryState()));
        needed.addAll(topics(WRITE, topics.receipts(), topics.deadLetters(), topics.deliveryState()));
        needed.add(Grant.on(READ, GROUP, group));
        needed.add(Grant.under(WRITE, TRANSACTIONAL_ID, group + "-"));
        return new KafkaRights(
                "delivery",
                "usageflow forwarder with the role delivery",
                needed,
                takeover(topics, topics.receipts(), topics.deadLetters()));
    }

    /** The start checks the settings of all topics, and every process follows the ledger and compares clocks there. */
    private static List<Grant> ofEachForwarder(Topics topics) {
        return List.of(
                Grant.under(DESCRIBE, TOPIC, all(topics)),
                Grant.under(DESCRIBE_CONFIGS, TOPIC, all(topics)),
                Grant.on(READ, TOPIC, topics.ledger()),
                Grant.on(WRITE, TOPIC, topics.ledger()));
    }

    private static List<Useful> takeover(Topics topics, String... written) {
        var useful = new ArrayList<Useful>();
        for (String topic : written) {
            useful.add(new Useful(
                    Grant.on(READ, TOPIC, topic),
                    "a committed transaction that a dying broker left open there is not seen"));
        }
        useful.add(new Useful(
                Grant.under(READ, TOPIC, all(topics)), "the console shows less: its pages read every topic"));
        useful.add(new Useful(
                Grant.on(READ, TOPIC, "__consumer_offsets"),
                "offsets that a dying broker left open are not seen before they are needed"));
        useful.add(new Useful(
                Grant.on(CLUSTER_ACTION, CLUSTER, Resource.CLUSTER_NAME),
                "a committed transaction that a dying broker left open waits for an administrator"));
        useful.add(new Useful(
                Grant.on(DESCRIBE_CONFIGS, CLUSTER, Resource.CLUSTER_NAME),
                "doctor does not see the brokers' settings"));
        return useful;
    }

    private static KafkaRights balances(Settings settings) {
        Topics topics = settings.topics().names();
        var needed = new ArrayList<>(topics(READ, topics.balances(), topics.customerLinks()));
        needed.addAll(topics(WRITE, topics.balances()));
        needed.add(Grant.on(READ, GROUP, settings.balances().group(topics)));
        return new KafkaRights("balances", "delivery, in addition, with balances.enabled", needed, List.of());
    }

    private static KafkaRights billingSamples(Settings settings) {
        Topics topics = settings.topics().names();
        return new KafkaRights(
                "billing samples",
                "delivery, in addition, with billing.samples.enabled",
                List.of(Grant.on(READ, GROUP, settings.billingSamples().group(topics))),
                List.of());
    }

    private static KafkaRights replay(Settings settings) {
        Topics topics = settings.topics().names();
        var needed = new ArrayList<>(topics(READ, topics.deadLetters(), topics.deadLetterMarks()));
        needed.addAll(topics(READ, topics.deliverable(), topics.receipts()));
        needed.addAll(topics(WRITE, topics.replays(), topics.deadLetterMarks()));
        needed.add(Grant.on(WRITE, TRANSACTIONAL_ID, topics.prefix() + ".replay"));
        return new KafkaRights(
                "replay",
                "usageflow dead-letters replay and discard; delivery, in addition, with replay.blocked.every",
                needed,
                List.of(
                        new Useful(
                                Grant.on(
                                        DESCRIBE,
                                        GROUP,
                                        settings.admission().engine().applicationId(topics)),
                                "a canary that waits for a link is not known to be read"),
                        new Useful(
                                Grant.on(READ, TOPIC, topics.replays()),
                                "a committed transaction that a dying broker left open there is not seen")));
    }

    private static KafkaRights console(Settings settings) {
        Topics topics = settings.topics().names();
        KafkaRights replay = replay(settings);
        var needed = new ArrayList<>(replay.needed());
        needed.addAll(topics(READ, topics.customerLinks(), topics.vendorLinks()));
        needed.addAll(topics(WRITE, topics.customerLinks(), topics.vendorLinks()));
        return new KafkaRights(
                "console",
                "a forwarder, in addition, whose console answers dead letters and links accounts",
                needed,
                replay.useful());
    }

    private static KafkaRights reader(Settings settings) {
        Topics topics = settings.topics().names();
        return new KafkaRights(
                "reading operator",
                "topics plan, links list, dead-letters list and show, ledger, trace, balance, reconcile",
                List.of(
                        Grant.under(READ, TOPIC, all(topics)),
                        Grant.under(DESCRIBE_CONFIGS, TOPIC, all(topics)),
                        Grant.on(DESCRIBE, GROUP, settings.admission().engine().applicationId(topics)),
                        Grant.on(DESCRIBE, GROUP, settings.delivery().settling().group(topics))),
                List.of());
    }

    private static KafkaRights operator(Settings settings) {
        Topics topics = settings.topics().names();
        KafkaRights reader = reader(settings);
        var needed = new ArrayList<>(reader.needed());
        needed.addAll(topics(
                WRITE,
                topics.events(),
                topics.customerLinks(),
                topics.vendorLinks(),
                topics.replays(),
                topics.deadLetterMarks()));
        needed.add(Grant.on(WRITE, TRANSACTIONAL_ID, topics.prefix() + ".replay"));
        needed.add(Grant.on(WRITE, TRANSACTIONAL_ID, topics.prefix() + "-reconcile-repair"));
        return new KafkaRights(
                "acting operator",
                "all commands of an operator, with --apply: publish, links, dead-letters, reconcile --repair, remedy",
                needed,
                reader.useful());
    }

    private static KafkaRights topicAdministrator(Topics topics) {
        return new KafkaRights(
                "topic administrator",
                "usageflow topics apply",
                Stream.of(CREATE, DESCRIBE, ALTER_CONFIGS)
                        .map(operation -> Grant.under(operation, TOPIC, all(topics)))
                        .toList(),
                List.of());
    }

    /** How the names of all topics begin. */
    private static String all(Topics topics) {
        return topics.prefix() + ".";
    }

    private static List<Grant> topics(AclOperation operation, String... names) {
        return Arrays.stream(names)
                .map(name -> Grant.on(operation, TOPIC, name))
                .toList();
    }
}
