package io.usageflow.forwarder.topics;

import io.usageflow.forwarder.config.Role;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.schema.topic.Topics.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/**
 * A right of {@link KafkaRights#forwarder} that this user lacks, as the brokers themselves say. Immutable.
 *
 * @param resources without the right; at least one
 */
public record MissingRights(Grant grant, List<String> resources) {
    /** Rights that a user may have on a resource that it does not see. All others include DESCRIBE. */
    private static final Set<AclOperation> HIDDEN =
            EnumSet.of(AclOperation.CREATE, AclOperation.DESCRIBE_CONFIGS, AclOperation.ALTER_CONFIGS);

    public MissingRights {
        resources = List.copyOf(resources);
    }

    /** What may not be done, and the right that would allow it. */
    public String text() {
        return "may not " + grant.operation() + " " + String.join(", ", resources) + ": " + grant + " is missing";
    }

    /**
     * Asks the brokers. What does not exist yet, or a broker does not tell, is not missing.
     *
     * @param atMost bound of each answer
     * @throws KafkaException if Kafka does not answer
     */
    public static List<MissingRights> of(Admin admin, Duration atMost, Settings settings) {
        return new Query(admin, atMost, settings).missing();
    }

    /**
     * The needed rights that are not held. Pure.
     *
     * @param held what may be done, by resource; resources that are not in it are not judged
     */
    public static List<MissingRights> of(List<Grant> needed, ResourceType type, Map<String, Set<AclOperation>> held) {
        var missing = new ArrayList<MissingRights>();
        for (Grant grant : needed) {
            List<String> without = held.entrySet().stream()
                    .filter(resource -> grant.covers(type, resource.getKey())
                            && !resource.getValue().contains(grant.operation()))
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
            if (!without.isEmpty()) {
                missing.add(new MissingRights(grant, without));
            }
        }
        return missing;
    }

    private record Query(Admin admin, Duration atMost, Settings settings) {
        List<MissingRights> missing() {
            List<Grant> needed = KafkaRights.forwarder(settings).needed();
            var missing = new ArrayList<>(of(needed, ResourceType.TOPIC, topics()));
            missing.addAll(of(needed, ResourceType.GROUP, groups(needed)));
            for (Grant grant : needed) {
                if (grant.type() == ResourceType.TRANSACTIONAL_ID) {
                    refusedId(grant).ifPresent(id -> missing.add(new MissingRights(grant, List.of(id))));
                }
            }
            return missing;
        }

        /** What may be done with each topic that exists. */
        private Map<String, Set<AclOperation>> topics() {
            String application = settings.admission()
                    .engine()
                    .applicationId(settings.topics().names());
            Stream<String> changelogs = settings.process().roles().contains(Role.ADMISSION)
                    ? Changelogs.names(application).stream()
                    : Stream.of();
            List<String> names = Stream.concat(settings.topicSpecs().stream().map(TopicSpec::name), changelogs)
                    .toList();
            var held = new TreeMap<String, Set<AclOperation>>();
            admin.describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                    .topicNameValues()
                    .forEach((topic, answer) -> hold(held, topic, answer, TopicDescription::authorizedOperations));
            return held;
        }

        /** What may be done with each group that exists. */
        private Map<String, Set<AclOperation>> groups(List<Grant> needed) {
            List<String> names = needed.stream()
                    .filter(grant -> grant.type() == ResourceType.GROUP)
                    .map(Grant::name)
                    .toList();
            var held = new TreeMap<String, Set<AclOperation>>();
            admin.describeConsumerGroups(names, new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                    .describedGroups()
                    .forEach((group, answer) ->
                            hold(held, group, answer, ConsumerGroupDescription::authorizedOperations));
            return held;
        }

        private <T> void hold(
                Map<String, Set<AclOperation>> held,
                String name,
                KafkaFuture<T> answer,
                Function<T, @Nullable Set<AclOperation>> rights) {
            try {
                Optional.ofNullable(rights.apply(KafkaClients.answer(answer, atMost)))
                        .ifPresent(operations -> held.put(name, operations));
            } catch (AuthorizationException hidden) {
                held.put(name, HIDDEN);
            } catch (TimeoutException silent) {
                throw silent;
            } catch (KafkaException untold) {
                // A missing topic is another check's. Kafka tells nothing of groups that do not exist, and does not
                // describe a group of Streams' own protocol as a consumer group: its rights show when it is joined.
            }
        }

        /** The id that may not be used. Kafka does not list what may be done with an id, it only answers or refuses. */
        private Optional<String> refusedId(Grant grant) {
            String id = grant.name() + (grant.prefixed() ? settings.process().instanceId() : "");
            try {
                KafkaClients.answer(admin.describeTransactions(List.of(id)).description(id), atMost);
                return Optional.empty();
            } catch (AuthorizationException refused) {
                return Optional.of(id);
            } catch (TimeoutException silent) {
                throw silent;
            } catch (KafkaException answered) {
                // Not used yet, or the broker does not know the question.
                return Optional.empty();
            }
        }
    }
}
