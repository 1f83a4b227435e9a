package io.usageflow.forwarder.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** Asks Kafka once which logs topics are, for commands. */
public final class LogIds {
    private static final long ASK_SECONDS = 30;

    private LogIds() {}

    /**
     * Of the topic as it is now.
     *
     * @throws KafkaException where Kafka refuses, does not answer, or has no such topic
     */
    public static LogId of(Map<String, ?> kafka, String topic) {
        try (Admin admin = Admin.create(new HashMap<>(kafka))) {
            var cluster = admin.describeCluster().clusterId();
            var described = admin.describeTopics(List.of(topic)).allTopicNames();
            return of(
                    cluster.get(ASK_SECONDS, TimeUnit.SECONDS),
                    described.get(ASK_SECONDS, TimeUnit.SECONDS).get(topic));
        } catch (InterruptedException stopped) {
            throw new InterruptException(stopped);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof KafkaException known ? known : new KafkaException(failed.getCause());
        } catch (TimeoutException late) {
            throw new org.apache.kafka.common.errors.TimeoutException(
                    "Kafka did not describe " + topic + " within " + ASK_SECONDS + " s", late);
        }
    }

    static LogId of(@Nullable String cluster, @Nullable TopicDescription topic) {
        return topic == null
                ? LogId.UNKNOWN
                : new LogId(cluster == null ? "" : cluster, topic.topicId().toString());
    }
}
