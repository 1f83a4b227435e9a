package io.usageflow.forwarder.topics;

import io.usageflow.forwarder.config.KafkaSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.config.TopicSettings;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.forwarder.kafka.KafkaClients.ClusterUnreachableException;
import io.usageflow.forwarder.kafka.TopicsNotReadyException;
import io.usageflow.forwarder.topics.TopicPlan.ExistingTopic;
import io.usageflow.schema.topic.Topics.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Asks the cluster for the topics and creates or alters them. Every call is bounded by the time given to {@link
 * #connect}. For one thread; close it.
 */
public final class TopicAdmin implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration REQUEST_MAX = Duration.ofSeconds(30);

    private final Admin admin;
    private final String servers;
    private final Duration atMost;

    private TopicAdmin(Admin admin, String servers, Duration atMost) {
        this.admin = admin;
        this.servers = servers;
        this.atMost = atMost;
    }

    /**
     * Connects and waits until the cluster has answered once, so that later steps do not start without a cluster.
     *
     * @param atMost bound of this and of each later call
     * @throws ClusterUnreachableException if it does not answer in time, or no server's name can be resolved
     */
    public static TopicAdmin connect(KafkaSettings kafka, Duration atMost) {
        Admin admin;
        try {
            Duration requestMax = atMost.compareTo(REQUEST_MAX) < 0 ? atMost : REQUEST_MAX;
            admin = KafkaClients.admin(kafka.client(), atMost, requestMax);
        } catch (KafkaException unusable) {
            Throwable why = Optional.ofNullable(unusable.getCause()).orElse(unusable);
            throw new ClusterUnreachableException(
                    "no Kafka client can be made for " + kafka.bootstrapServers() + " (" + why.getMessage()
                            + "): check " + KafkaSettings.BOOTSTRAP_SERVERS + " and the other kafka. settings",
                    unusable);
        }
        var topics = new TopicAdmin(admin, kafka.bootstrapServers(), atMost);
        try {
            topics.await(admin.describeCluster().nodes());
            return topics;
        } catch (RuntimeException failed) {
            topics.close();
            throw failed;
        }
    }

    /** The settings' topics compared with what the cluster has, and with the changelogs of admission's memory. */
    public TopicPlan plan(Settings settings, OptionalInt askedPartitions) {
        TopicSettings topics = settings.topics();
        List<TopicSpec> specs = settings.topicSpecs();
        String application = settings.admission().engine().applicationId(topics.names());
        return TopicPlan.of(specs, askedPartitions, existing(specs), changelogs(application), topics.shortRetention());
    }

    private Changelogs changelogs(String application) {
        // Listed first: of those that it may not see, a cluster with ACLs would only say that they are forbidden.
        var names = new ArrayList<>(Changelogs.names(application));
        names.retainAll(await(admin.listTopics().names()));
        var partitions = new TreeMap<String, Integer>();
        admin.describeTopics(names).topicNameValues().forEach((name, description) -> described(name, description)
                .ifPresent(found -> partitions.put(name, found.partitions().size())));
        return new Changelogs(partitions);
    }

    /** The rights of a forwarder with these settings that this user lacks, as far as the brokers tell. */
    public List<MissingRights> missingRights(Settings settings) {
        try {
            return MissingRights.of(admin, atMost.plusSeconds(1), settings);
        } catch (TimeoutException late) {
            throw unreachable(late);
        }
    }

    /**
     * Requires that the topics exist.
     *
     * @throws TopicsNotReadyException naming those that do not exist
     */
    public void requireExisting(Collection<String> names) {
        List<String> missing = names.stream()
                .filter(name -> described(name).isEmpty())
                .map(name -> name + " does not exist: 'usageflow topics apply' creates it")
                .toList();
        if (!missing.isEmpty()) {
            throw new TopicsNotReadyException(missing);
        }
    }

    /** Names the cluster whatever its brokers' addresses are; empty where it does not tell. */
    public String clusterId() {
        return Optional.ofNullable(await(admin.describeCluster().clusterId())).orElse("");
    }

    /**
     * The number of partitions of a topic.
     *
     * @throws TopicsNotReadyException if it does not exist
     */
    public int partitions(String topic) {
        requireExisting(List.of(topic));
        return await(admin.describeTopics(List.of(topic)).allTopicNames()).values().stream()
                .mapToInt(description -> description.partitions().size())
                .sum();
    }

    /**
     * Creates what the plan says is missing, and waits until the leader of every partition answers: records sent before
     * that can fail as out of sequence.
     *
     * @param replication of the new topics; -1 is the broker's default
     * @throws TopicsNotReadyException if the plan holds a refusal; nothing is created then
     */
    public void create(TopicPlan plan, short replication) {
        if (!plan.refused().isEmpty()) {
            throw new TopicsNotReadyException(new TopicPlan(List.copyOf(plan.refused())).obstacles());
        }
        var created = new ArrayList<String>();
        for (TopicFinding.Missing missing : plan.missing()) {
            var topic = new NewTopic(
                            missing.topic(),
                            Optional.of(missing.spec().partitions()),
                            replication < 1 ? Optional.empty() : Optional.of(replication))
                    .configs(missing.spec().settings());
            try {
                await(admin.createTopics(List.of(topic)).all());
            } catch (TopicExistsException raced) {
                // Another instance was quicker; the check that follows every creation sees whether it agrees.
            } catch (TopicAuthorizationException refused) {
                throw KafkaClients.naming(AclOperation.CREATE, Set.of(missing.topic()), refused);
            }
            created.add(missing.topic());
        }
        awaitLeaders(created);
    }

    /**
     * Alters the settings that differ, and waits until the brokers show them; partition counts are not settings.
     *
     * @throws TopicsNotReadyException if they do not show them in time
     */
    public void alter(TopicPlan plan) {
        var operations = new HashMap<ConfigResource, Collection<AlterConfigOp>>();
        for (TopicFinding.Differs differs : plan.differing()) {
            operations
                    .computeIfAbsent(
                            new ConfigResource(ConfigResource.Type.TOPIC, differs.topic()), topic -> new ArrayList<>())
                    .add(new AlterConfigOp(
                            new ConfigEntry(differs.setting(), differs.wanted()), AlterConfigOp.OpType.SET));
        }
        try {
            await(admin.incrementalAlterConfigs(operations).all());
        } catch (TopicAuthorizationException refused) {
            throw KafkaClients.naming(
                    AclOperation.ALTER_CONFIGS,
                    operations.keySet().stream().map(ConfigResource::name).collect(Collectors.toSet()),
                    refused);
        }
        until(
                () -> plan.differing().stream().allMatch(this::shows),
                "the altered settings are not shown by the brokers: run 'usageflow topics plan' in a while");
    }

    private boolean shows(TopicFinding.Differs altered) {
        var topic = new ConfigResource(ConfigResource.Type.TOPIC, altered.topic());
        return await(admin.describeConfigs(List.of(topic)).all()).values().stream()
                .allMatch(config -> altered.wanted().equals(settings(config).get(altered.setting())));
    }

    private Map<String, ExistingTopic> existing(List<TopicSpec> specs) {
        var descriptions = new HashMap<String, TopicDescription>();
        admin.describeTopics(specs.stream().map(TopicSpec::name).toList())
                .topicNameValues()
                .forEach((name, description) ->
                        described(name, description).ifPresent(found -> descriptions.put(name, found)));
        var configs = configs(descriptions.keySet());
        var existing = new HashMap<String, ExistingTopic>();
        configs.forEach((resource, config) -> {
            TopicDescription description = descriptions.get(resource.name());
            if (description != null) {
                existing.put(
                        resource.name(),
                        new ExistingTopic(description.partitions().size(), settings(config)));
            }
        });
        return existing;
    }

    /** @throws AuthorizationException that names the right: without it the topics' promises cannot be checked */
    private Map<ConfigResource, Config> configs(Set<String> names) {
        try {
            return await(admin.describeConfigs(names.stream()
                            .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                            .toList())
                    .all());
        } catch (AuthorizationException denied) {
            throw new AuthorizationException(
                    "may not DESCRIBE_CONFIGS " + String.join(", ", new TreeSet<>(names)) + ", whose settings must be"
                            + " checked before events are trusted to these topics: grant DESCRIBE_CONFIGS on each"
                            + " (docs/security.md)",
                    denied);
        }
    }

    private static Map<String, String> settings(Config config) {
        var settings = new HashMap<String, String>();
        for (ConfigEntry entry : config.entries()) {
            if (entry.value() != null) {
                settings.put(entry.name(), entry.value());
            }
        }
        return settings;
    }

    private void awaitLeaders(List<String> names) {
        for (String name : names) {
            until(
                    () -> led(name),
                    name + " was created but has partitions without a leader: check that enough brokers are up");
        }
        awaitOpen(names);
    }

    /** Metadata may name a leader before it has opened its log; only the leader itself can answer this. */
    private void awaitOpen(List<String> names) {
        var ends = new HashMap<TopicPartition, OffsetSpec>();
        await(admin.describeTopics(names).allTopicNames()).values().forEach(topic -> topic.partitions()
                .forEach(partition ->
                        ends.put(new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest())));
        if (!ends.isEmpty()) {
            await(admin.listOffsets(ends).all());
        }
    }

    private void until(BooleanSupplier condition, String otherwise) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new TopicsNotReadyException(List.of(otherwise + " (waited " + atMost.toSeconds() + " s)"));
            }
            pause();
        }
    }

    private boolean led(String name) {
        return described(name)
                .filter(topic -> topic.partitions().stream()
                        .allMatch(partition -> partition.leader() != null
                                && !partition.leader().isEmpty()))
                .isPresent();
    }

    private Optional<TopicDescription> described(String name) {
        return admin.describeTopics(List.of(name)).topicNameValues().values().stream()
                .flatMap(description -> described(name, description).stream())
                .findFirst();
    }

    private Optional<TopicDescription> described(String topic, KafkaFuture<TopicDescription> description) {
        try {
            return Optional.of(await(description));
        } catch (UnknownTopicOrPartitionException missing) {
            return Optional.empty();
        } catch (TopicAuthorizationException hidden) {
            throw KafkaClients.naming(AclOperation.DESCRIBE, Set.of(topic), hidden);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        } catch (InterruptedException interrupted) {
            throw new InterruptException(interrupted);
        }
    }

    private <T> T await(KafkaFuture<T> future) {
        try {
            // A little longer than the client's own bound, whose error says more.
            return KafkaClients.answer(future, atMost.plusSeconds(1));
        } catch (TimeoutException late) {
            throw unreachable(late);
        }
    }

    private ClusterUnreachableException unreachable(Throwable cause) {
        return new ClusterUnreachableException(
                "Kafka at " + servers + " did not answer within " + atMost.toSeconds()
                        + " s: check that it runs and that " + KafkaSettings.BOOTSTRAP_SERVERS
                        + " is right ('usageflow dev' starts one on 127.0.0.1:9092)",
                cause);
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }
}
