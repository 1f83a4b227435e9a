package io.usageflow.forwarder.kafka;

import io.usageflow.forwarder.config.RecordBounds;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Creates Kafka clients with the settings that their use requires, and waits for their answers. The first argument is
 * always how to reach the brokers: what {@code kafka.} passes to every client.
 */
public final class KafkaClients {
    private KafkaClients() {}

    /**
     * Creates an admin client with Kafka's default timeouts.
     *
     * @throws KafkaException if no server's name can be resolved, or a setting is wrong
     */
    public static Admin admin(Map<String, ?> kafka) {
        return Admin.create(new HashMap<>(kafka));
    }

    /**
     * As {@link #admin(Map)}.
     *
     * @param answerMax bound of each call
     * @param requestMax bound of each request to one broker
     */
    public static Admin admin(Map<String, ?> kafka, Duration answerMax, Duration requestMax) {
        return admin(with(
                kafka,
                Map.of(
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(answerMax.toMillis()),
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(requestMax.toMillis()))));
    }

    /**
     * Creates a consumer of committed records that commits no offsets and creates no topics. It has no group and no
     * offset reset unless {@code overrides} set them.
     */
    public static KafkaConsumer<byte[], byte[]> reader(Map<String, ?> kafka, Map<String, ?> overrides) {
        return new KafkaConsumer<>(
                readerSettings(kafka, overrides), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** As {@link #reader(Map, Map)}. It keeps only the beginning of records beyond the bounds. */
    public static KafkaConsumer<byte[], byte[]> reader(
            Map<String, ?> kafka, Map<String, ?> overrides, RecordBounds bounds) {
        var cutter = new RecordCutter(bounds);
        return new KafkaConsumer<>(readerSettings(kafka, overrides), cutter.keys(), cutter.values());
    }

    private static Map<String, Object> readerSettings(Map<String, ?> kafka, Map<String, ?> overrides) {
        Map<String, Object> settings = with(
                kafka,
                Map.of(
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "none",
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false));
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.putAll(overrides);
        return settings;
    }

    /**
     * Returns the settings of a transactional producer.
     *
     * @param defaults that {@code kafka} may override
     */
    public static Map<String, Object> transactional(
            Map<String, ?> kafka, Map<String, ?> defaults, String transactionalId, String clientId) {
        return with(
                with(defaults, kafka),
                Map.of(
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        transactionalId,
                        ProducerConfig.CLIENT_ID_CONFIG,
                        clientId,
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        true));
    }

    /** The settings with the overrides. */
    static Map<String, Object> with(Map<String, ?> settings, Map<String, ?> overrides) {
        Map<String, Object> all = new HashMap<>(settings);
        all.putAll(overrides);
        return all;
    }

    /**
     * Waits for an answer as long as the client's own timeouts allow.
     *
     * @throws KafkaException if Kafka refuses or does not answer, or this thread is interrupted
     */
    public static <T> T answer(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException stopped) {
            throw new InterruptException(stopped);
        } catch (ExecutionException failed) {
            throw refusal(failed);
        }
    }

    /**
     * As {@link #answer(Future)}.
     *
     * @throws TimeoutException if Kafka does not answer in time
     */
    public static <T> T answer(Future<T> future, Duration atMost) {
        try {
            return future.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            throw new InterruptException(stopped);
        } catch (ExecutionException failed) {
            throw refusal(failed);
        } catch (java.util.concurrent.TimeoutException late) {
            throw new TimeoutException("Kafka did not answer within " + atMost.toSeconds() + " s", late);
        }
    }

    /**
     * The refusal with the operation that it refused, where Kafka's own message names the topics only. Any other
     * failure is returned as it is, and so is one that names it already.
     */
    public static KafkaException naming(AclOperation operation, KafkaException refused) {
        return refused instanceof TopicAuthorizationException topics
                        && !topics.unauthorizedTopics().isEmpty()
                        && !String.valueOf(refused.getMessage()).startsWith("may not ")
                ? naming(operation, topics.unauthorizedTopics(), topics)
                : refused;
    }

    /** As {@link #naming(AclOperation, KafkaException)}, for requests whose refusal does not name the topics. */
    public static TopicAuthorizationException naming(
            AclOperation operation, Set<String> topics, TopicAuthorizationException refused) {
        var named = new TopicAuthorizationException(
                "may not " + operation + " " + String.join(", ", new TreeSet<>(topics)) + ": grant " + operation
                        + " on the topic (docs/security.md)",
                topics);
        named.addSuppressed(refused);
        return named;
    }

    private static KafkaException refusal(ExecutionException failed) {
        return failed.getCause() instanceof KafkaException known ? known : new KafkaException(failed.getCause());
    }

    /** Kafka did not answer. The message names the servers, the time waited and the remedy. */
    public static final class ClusterUnreachableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public ClusterUnreachableException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
