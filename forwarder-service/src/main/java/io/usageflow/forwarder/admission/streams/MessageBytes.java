package io.usageflow.forwarder.admission.streams;

import io.usageflow.schema.text.VisibleText;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Kafka how large a record topics take. */
public final class MessageBytes {
    private static final Logger LOG = LoggerFactory.getLogger(MessageBytes.class);
    /** Kafka's default of {@code max.message.bytes}. */
    public static final int DEFAULT = 1024 * 1024;

    private static final long ASK_SECONDS = 10;

    private MessageBytes() {}

    /** The least {@code max.message.bytes} of the topics; Kafka's default where the cluster does not tell. */
    public static int leastOf(Map<String, ?> kafka, List<String> topics) throws InterruptedException {
        List<ConfigResource> asked = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        try (Admin admin = Admin.create(new HashMap<>(kafka))) {
            return leastOf(admin.describeConfigs(asked)
                    .all()
                    .get(ASK_SECONDS, TimeUnit.SECONDS)
                    .values());
        } catch (ExecutionException | TimeoutException unanswered) {
            LOG.warn(
                    "event=message_bytes_unknown topics={} taken={} why={}",
                    topics,
                    DEFAULT,
                    VisibleText.logged(unanswered));
            return DEFAULT;
        }
    }

    static int leastOf(Collection<Config> topics) {
        return topics.stream()
                .map(config -> config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG))
                .filter(entry -> entry != null && entry.value() != null)
                .map(ConfigEntry::value)
                .mapToInt(Integer::parseInt)
                .min()
                .orElse(DEFAULT);
    }
}
