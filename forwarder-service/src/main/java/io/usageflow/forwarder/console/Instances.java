package io.usageflow.forwarder.console;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.StreamsGroupDescription;
import org.apache.kafka.clients.admin.StreamsGroupMemberAssignment.TaskIds;
import org.apache.kafka.clients.admin.StreamsGroupMemberDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.GroupProtocol;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/**
 * The instances of both stages with their partitions, as Kafka's groups have them.
 *
 * @param members by stage and name
 * @param standbysKnown whether Kafka says who holds copies of admission's state; it does for the streams protocol only
 * @param unassigned partitions that no member has, by stage
 * @param notes why a stage's members are not known
 */
public record Instances(List<Member> members, boolean standbysKnown, List<Unassigned> unassigned, List<String> notes) {
    /** Of the whole reading. */
    public static final Duration WITHIN = Duration.ofSeconds(5);

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);
    private static final String ADMISSION = "admission";
    private static final String DELIVERY = "delivery";

    /**
     * One process.
     *
     * @param client its Kafka client's id
     * @param host as Kafka sees it
     * @param threads members of the group, one for each thread
     * @param standby partitions whose state it holds a copy of
     */
    public record Member(
            String stage,
            String client,
            String host,
            int threads,
            SortedSet<Integer> partitions,
            SortedSet<Integer> standby) {}

    /** Partitions of a stage that no member has. */
    public record Unassigned(String stage, SortedSet<Integer> partitions) {}

    /** Asks Kafka, for some seconds at most. What it does not say is in the notes. */
    public static Instances read(Settings settings) {
        boolean streams = GroupProtocol.STREAMS.name.equalsIgnoreCase(
                String.valueOf(settings.kafka().streams().get(StreamsConfig.GROUP_PROTOCOL_CONFIG)));
        var topics = settings.topics().names();
        var found = new Found();
        String admission = settings.admission().engine().applicationId(topics);
        String delivery = settings.delivery().settling().group(topics);
        try (Admin admin = KafkaClients.admin(settings.kafka().client(), ANSWER_WITHIN, ANSWER_WITHIN)) {
            // All at once: if Kafka is away, its silence lasts as long as one answer may.
            Map<String, KafkaFuture<ConsumerGroupDescription>> groups = admin.describeConsumerGroups(
                            streams ? List.of(delivery) : List.of(admission, delivery))
                    .describedGroups();
            Optional<KafkaFuture<Map<String, StreamsGroupDescription>>> tasks = streams
                    ? Optional.of(
                            admin.describeStreamsGroups(List.of(admission)).all())
                    : Optional.empty();
            KafkaFuture<Map<String, TopicDescription>> described = admin.describeTopics(
                            List.of(topics.events(), topics.deliverable()))
                    .allTopicNames();
            found.read(ADMISSION, () -> {
                tasks.ifPresentOrElse(
                        asked -> KafkaClients.answer(asked).values().forEach(group -> group.members()
                                .forEach(found::add)),
                        () -> found.members(groups.get(admission), ADMISSION, topics.events()));
                found.gaps(ADMISSION, described, topics.events());
            });
            found.read(DELIVERY, () -> {
                found.members(groups.get(delivery), DELIVERY, topics.deliverable());
                found.gaps(DELIVERY, described, topics.deliverable());
            });
        }
        return new Instances(List.copyOf(found.members.values()), streams, found.unassigned, found.notes);
    }

    /** Collects what Kafka says. */
    private static final class Found {
        private final TreeMap<String, Member> members = new TreeMap<>();
        private final List<Unassigned> unassigned = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        void read(String stage, Runnable asking) {
            try {
                asking.run();
            } catch (KafkaException refused) {
                notes.add(stage + ": " + refused.getMessage());
            }
        }

        void members(@Nullable KafkaFuture<ConsumerGroupDescription> group, String stage, String topic) {
            Collection<MemberDescription> described =
                    group == null ? List.of() : KafkaClients.answer(group).members();
            for (MemberDescription member : described) {
                var partitions = new TreeSet<Integer>();
                member.assignment().topicPartitions().stream()
                        .filter(each -> each.topic().equals(topic))
                        .map(TopicPartition::partition)
                        .forEach(partitions::add);
                add(new Member(stage, process(member.clientId()), host(member.host()), 1, partitions, new TreeSet<>()));
            }
        }

        void add(StreamsGroupMemberDescription member) {
            add(new Member(
                    ADMISSION,
                    process(member.clientId()),
                    host(member.clientHost()),
                    1,
                    partitions(member.assignment().activeTasks()),
                    partitions(member.assignment().standbyTasks())));
        }

        private static SortedSet<Integer> partitions(Collection<TaskIds> tasks) {
            var partitions = new TreeSet<Integer>();
            tasks.forEach(task -> partitions.addAll(task.partitions()));
            return partitions;
        }

        /** Each thread of Kafka Streams is a member of its own. */
        private static String process(String clientId) {
            return clientId.replaceFirst("-StreamThread-\\d+(-consumer)?$", "");
        }

        /** Kafka shows an address without a name as {@code /ADDRESS}. */
        private static String host(String shown) {
            return shown.replaceFirst("^/", "");
        }

        private void add(Member member) {
            members.merge(
                    member.stage() + " " + member.client() + " " + member.host(),
                    member,
                    (known, more) -> new Member(
                            known.stage(),
                            known.client(),
                            known.host(),
                            known.threads() + more.threads(),
                            both(known.partitions(), more.partitions()),
                            both(known.standby(), more.standby())));
        }

        private static SortedSet<Integer> both(SortedSet<Integer> one, SortedSet<Integer> other) {
            var all = new TreeSet<>(one);
            all.addAll(other);
            return all;
        }

        void gaps(String stage, KafkaFuture<Map<String, TopicDescription>> topics, String topic) {
            var missing = new TreeSet<Integer>();
            KafkaClients.answer(topics).values().stream()
                    .filter(described -> described.name().equals(topic))
                    .forEach(described -> described.partitions().forEach(each -> missing.add(each.partition())));
            members.values().stream()
                    .filter(member -> member.stage().equals(stage))
                    .forEach(member -> missing.removeAll(member.partitions()));
            if (!missing.isEmpty()) {
                unassigned.add(new Unassigned(stage, missing));
            }
        }
    }
}
