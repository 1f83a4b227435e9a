package io.usageflow.forwarder.admission.streams;

import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.schema.text.VisibleText;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Kafka about admission's topics: the number of partitions of its sources, and the size of records. */
public final class SourceTopics {
    /** Kafka's default of {@code max.message.bytes}. */
    public static final int MESSAGE_BYTES_DEFAULT = 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(SourceTopics.class);

    private static final long ASK_SECONDS = 10;
    private static final long PAUSE_MS = 1000;

    private SourceTopics() {}

    /**
     * Waits until Kafka describes the topic.
     *
     * @param onWait receives the reason of each wait
     * @throws KafkaException if the failure is not transient, such as a refused login
     */
    public static int awaitPartitions(Map<String, ?> kafka, String topic, Consumer<String> onWait)
            throws InterruptedException {
        try (Admin admin = KafkaClients.admin(kafka)) {
            while (true) {
                try {
                    return ask(admin, topic);
                } catch (ExecutionException failure) {
                    onWait.accept(reason(topic, failure.getCause() == null ? failure : failure.getCause()));
                } catch (TimeoutException late) {
                    onWait.accept("Kafka does not answer: check kafka.bootstrap.servers");
                }
                Thread.sleep(PAUSE_MS);
            }
        }
    }

    /** The current number of partitions; empty if Kafka does not answer. */
    public static OptionalInt partitions(Map<String, ?> kafka, String topic) throws InterruptedException {
        try (Admin admin = KafkaClients.admin(kafka)) {
            return OptionalInt.of(ask(admin, topic));
        } catch (ExecutionException | TimeoutException unanswered) {
            return OptionalInt.empty();
        }
    }

    private static int ask(Admin admin, String topic)
            throws InterruptedException, ExecutionException, TimeoutException {
        return admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get(ASK_SECONDS, TimeUnit.SECONDS)
                .values()
                .iterator()
                .next()
                .partitions()
                .size();
    }

    /** A missing topic is a reason to wait: it may be created any moment. */
    private static String reason(String topic, Throwable failure) {
        if (failure instanceof RetriableException retriable) {
            return "topic " + topic + " cannot be described: " + retriable.getMessage()
                    + "; check that it exists, see usageflow topics apply";
        }
        throw failure instanceof KafkaException fatal
                ? fatal
                : new KafkaException("topic " + topic + " cannot be described", failure);
    }

    /** The smallest {@code max.message.bytes} of the topics; Kafka's default if the cluster does not answer. */
    public static int messageBytesMin(Map<String, ?> kafka, List<String> topics) throws InterruptedException {
        List<ConfigResource> asked = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        try (Admin admin = KafkaClients.admin(kafka)) {
            return messageBytesMin(admin.describeConfigs(asked)
                    .all()
                    .get(ASK_SECONDS, TimeUnit.SECONDS)
                    .values());
        } catch (ExecutionException | TimeoutException unanswered) {
            LOG.warn(
                    "event=message_bytes_unknown topics={} taken={} why={}",
                    topics,
                    MESSAGE_BYTES_DEFAULT,
                    VisibleText.logged(unanswered));
            return MESSAGE_BYTES_DEFAULT;
        }
    }

    static int messageBytesMin(Collection<Config> topics) {
        return topics.stream()
                .map(config -> config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG))
                .filter(entry -> entry != null && entry.value() != null)
                .map(ConfigEntry::value)
                .mapToInt(Integer::parseInt)
                .min()
                .orElse(MESSAGE_BYTES_DEFAULT);
    }
}
