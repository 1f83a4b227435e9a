package io.usageflow.forwarder.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The log that an offset belongs to. A topic that is deleted and created again, or mirrored to another cluster, has the
 * same name and another log, where the old offsets are meaningless. Immutable.
 *
 * @param cluster Kafka's id of the cluster; empty if unknown
 * @param topic Kafka's id of the topic; empty if unknown
 */
public record LogId(String cluster, String topic) {
    /** Kafka's id of a topic without one. */
    private static final String ZERO = "AAAAAAAAAAAAAAAAAAAAAA";

    /** Ids as Kafka makes them; longer ones would not fit into an offset's metadata. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

    public static final LogId UNKNOWN = new LogId("", "");

    public LogId {
        cluster = ID.matcher(cluster).matches() ? cluster : "";
        topic = ID.matcher(topic).matches() && !topic.equals(ZERO) ? topic : "";
    }

    /**
     * Asks Kafka which log the topic is now.
     *
     * @throws KafkaException if Kafka refuses, does not answer, or has no such topic
     */
    public static LogId ask(Map<String, ?> kafka, String topic) {
        try (Admin admin = KafkaClients.admin(kafka)) {
            var cluster = admin.describeCluster().clusterId();
            var described = admin.describeTopics(List.of(topic)).allTopicNames();
            return of(
                    KafkaClients.answer(cluster, ANSWER_WITHIN),
                    KafkaClients.answer(described, ANSWER_WITHIN).get(topic));
        }
    }

    static LogId of(@Nullable String cluster, @Nullable TopicDescription topic) {
        return topic == null
                ? UNKNOWN
                : new LogId(cluster == null ? "" : cluster, topic.topicId().toString());
    }

    public boolean isKnown() {
        return !topic.isEmpty();
    }

    /** The topic's id, for records that use null if it is unknown. */
    public @Nullable String topicOrNull() {
        return isKnown() ? topic : null;
    }

    /** False if an id is missing on either side: a missing id is unknown, not different. */
    public boolean differsFrom(LogId other) {
        return differ(topic, other.topic) || differ(cluster, other.cluster);
    }

    private static boolean differ(String one, String other) {
        return !one.isEmpty() && !other.isEmpty() && !one.equals(other);
    }

    /** A text that {@link #parse} reads. */
    public String text() {
        return cluster + "/" + topic;
    }

    /** Reads a {@link #text}; any other text is {@link #UNKNOWN}. */
    public static LogId parse(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? UNKNOWN : new LogId(text.substring(0, slash), text.substring(slash + 1));
    }
}
