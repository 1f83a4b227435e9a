package io.usageflow.forwarder.admission.streams;

import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.forwarder.config.AdmissionSettings.Engine;
import io.usageflow.forwarder.config.RecordBounds;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Settings of Kafka Streams, each overriding the one before: our defaults, the user's {@code kafka.}, the user's {@code
 * streams.}, and the settings that the guarantees need. Pure. Public for the benchmark that compares admission with a
 * plain Streams program.
 */
public final class StreamsSettings {
    private static final long POLL_MS = 200;
    private static final long COMMIT_INTERVAL_MAX_MS = 1000;
    private static final int POLL_RECORDS_MAX = 32;
    /** How long the broker holds a fetch while nothing comes. A partition that is resumed meanwhile waits for it. */
    private static final int IDLE_FETCH_MS = 1000;

    private static final int IDLE_FETCH_GLOBAL_MS = 10_000;
    private static final int RECORD_BYTES_MAX = 16 * 1024 * 1024;
    /**
     * Records of a task's changelogs that an instance may lack when it takes the task over. A record may be a block of
     * 1,024 ids, so it is a pause of two seconds at most; with Kafka's 10,000 it would be twenty.
     */
    private static final long LACKING_MAX = 1_000;

    private StreamsSettings() {}

    /**
     * Merges the settings.
     *
     * @throws ConfigException if a setting of the user contradicts a guarantee; names the key and the remedy
     */
    public static Properties of(AdmissionSettings settings, AdmissionContext context) {
        Engine engine = settings.engine();
        Map<String, Object> all = new HashMap<>(defaults(
                engine, RecordBounds.of(settings.guard().eventBytesMax()).writtenBytesMax()));
        all.put(StoreTuning.MEMORY_BYTES_MAX, settings.memory().storeBytesMax());
        all.putAll(context.kafka());
        all.putAll(context.streams());
        required(engine, context).forEach((key, value) -> {
            Object given = context.streams().get(key);
            if (given != null && !given.toString().equals(value.toString())) {
                throw new ConfigException("streams." + key + " is '" + given + "', but admission needs " + value
                        + ": remove it" + remedy(key));
            }
            all.put(key, value);
        });
        Properties properties = new Properties();
        properties.putAll(all);
        return properties;
    }

    static String applicationId(Engine engine, AdmissionContext context) {
        return engine.applicationId(context.topics());
    }

    private static Map<String, Object> defaults(Engine engine, int writtenBytesMax) {
        Map<String, Object> defaults = new HashMap<>();
        // CommitTiming commits earlier.
        defaults.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL_MAX_MS);
        // No waiting for events, replays and links in time order: an event that is read before its link is parked and
        // released in order. (To wait, Streams 4.3.1 formats two log texts for each record, a fifth of all its work.)
        defaults.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        // For an idle thread: PollTiming ends the poll earlier if a timer or a commit is due.
        defaults.put(StreamsConfig.POLL_MS_CONFIG, POLL_MS);
        defaults.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0); // our stores have no Streams cache
        defaults.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, engine.standbys());
        defaults.put(StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG, LACKING_MAX);
        defaults.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, StoreTuning.class);
        // A failure must not skip a vendor link. (Kafka 5 will make this the default.)
        defaults.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG, true);
        // Throughput: an exactly-once copy with the clients' own defaults is a third slower.
        producer(defaults, ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        producer(defaults, ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        // The commit sends what waits. Before it nothing can be read, so earlier requests would only cost.
        producer(
                defaults,
                ProducerConfig.LINGER_MS_CONFIG,
                2 * Math.toIntExact(engine.latencyTarget().toMillis()));
        // Kafka refuses a transaction's first write while the previous transaction's markers are written, a few
        // milliseconds. The default back-off of 100 ms would add to the latency of every event.
        producer(defaults, ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 10);
        // A record may have several megabytes after decompression.
        consumer(defaults, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS_MAX);
        defaults.put(StreamsConfig.globalConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), POLL_RECORDS_MAX);
        defaults.put(StreamsConfig.restoreConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), POLL_RECORDS_MAX);
        // A dead letter and a parked event in the changelog are larger than their source record; neither the producer
        // nor the topic may refuse them.
        int recordBytesMax = Math.max(RECORD_BYTES_MAX, writtenBytesMax);
        producer(defaults, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, recordBytesMax);
        defaults.put(StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG), recordBytesMax);
        // Otherwise a changelog refuses writes if this machine's clock is an hour ahead of the broker's.
        defaults.put(StreamsConfig.topicPrefix(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG), "LogAppendTime");
        // A killed instance's partitions move after this time, not after 45 s.
        consumer(defaults, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        // The others learn this with their next heartbeat.
        consumer(defaults, ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1_000);
        // Nothing else waits for this consumer's next fetch.
        defaults.put(StreamsConfig.globalConsumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), IDLE_FETCH_GLOBAL_MS);
        consumer(defaults, ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, IDLE_FETCH_MS);
        return defaults;
    }

    private static Map<String, Object> required(Engine engine, AdmissionContext context) {
        return Map.of(
                StreamsConfig.APPLICATION_ID_CONFIG,
                applicationId(engine, context),
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                StreamsConfig.EXACTLY_ONCE_V2,
                StreamsConfig.NUM_STREAM_THREADS_CONFIG,
                engine.threads(),
                StreamsConfig.STATE_DIR_CONFIG,
                context.stateDir().toString());
    }

    private static String remedy(String key) {
        return switch (key) {
            case StreamsConfig.APPLICATION_ID_CONFIG -> " and use admission.application.id";
            case StreamsConfig.NUM_STREAM_THREADS_CONFIG -> " and use admission.threads";
            case StreamsConfig.STATE_DIR_CONFIG -> " and use state.dir";
            default -> "; any other value loses or duplicates events";
        };
    }

    private static void producer(Map<String, Object> settings, String key, Object value) {
        settings.put(StreamsConfig.producerPrefix(key), value);
    }

    private static void consumer(Map<String, Object> settings, String key, Object value) {
        settings.put(StreamsConfig.mainConsumerPrefix(key), value);
    }
}
