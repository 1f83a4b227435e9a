package io.usageflow.embedded;

import io.usageflow.schema.topic.Topics.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates topics and waits until they can be written. Sending right after {@code createTopics} can fail with
 * OUT_OF_ORDER_SEQUENCE: the first batch meets a partition without leader and the second one does not (seen with Kafka
 * 4.3.1).
 */
public final class TopicCreation {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCreation.class);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long POLL_MS = 20;

    private TopicCreation() {}

    /**
     * Creates what is missing, with the brokers' default of replicas; topics that exist are left as they are.
     *
     * @throws KafkaException if the broker refuses, or does not get ready within 60 s
     */
    public static void create(String bootstrapServers, Collection<TopicSpec> specs) {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            create(admin, specs);
        }
    }

    /** As {@link #create(String, Collection)}, with an existing client. */
    public static void create(Admin admin, Collection<TopicSpec> specs) {
        long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
        List<NewTopic> topics = new ArrayList<>();
        for (TopicSpec spec : specs) {
            topics.add(new NewTopic(spec.name(), Optional.of(spec.partitions()), Optional.empty())
                    .configs(spec.settings()));
        }
        admin.createTopics(topics).values().values().forEach(created -> awaitCreated(created, deadlineNanos));
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (TopicPartition partition : led(admin, specs, deadlineNanos)) {
            ends.put(partition, OffsetSpec.latest());
        }
        // Metadata may name the leader before it has opened its log; only the leader itself can answer this.
        await(admin.listOffsets(ends).all(), deadlineNanos);
    }

    /** All partitions, as soon as the broker's metadata name a leader for each. */
    private static List<TopicPartition> led(Admin admin, Collection<TopicSpec> specs, long deadlineNanos) {
        List<String> names = specs.stream().map(TopicSpec::name).toList();
        while (System.nanoTime() < deadlineNanos) {
            List<TopicPartition> led = new ArrayList<>();
            boolean all = true;
            for (KafkaFuture<TopicDescription> future :
                    admin.describeTopics(names).topicNameValues().values()) {
                try {
                    TopicDescription topic = await(future, deadlineNanos);
                    topic.partitions().stream()
                            .filter(partition -> partition.leader() != null)
                            .forEach(partition -> led.add(new TopicPartition(topic.name(), partition.partition())));
                    all &= topic.partitions().stream().allMatch(partition -> partition.leader() != null);
                } catch (UnknownTopicOrPartitionException e) {
                    all = false;
                }
            }
            if (all) {
                return led;
            }
            pause();
        }
        throw new KafkaException("the topics " + names + " have no leaders after " + LIMIT.toSeconds() + " s");
    }

    private static void awaitCreated(KafkaFuture<Void> created, long deadlineNanos) {
        try {
            await(created, deadlineNanos);
        } catch (TopicExistsException e) {
            LOG.debug("event=topic_exists why=\"{}\"", e.getMessage());
        }
    }

    private static <T> T await(KafkaFuture<T> future, long deadlineNanos) {
        try {
            return future.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException failure) {
                throw failure;
            }
            throw new KafkaException("topics could not be created", e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("the broker did not create the topics within " + LIMIT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
