package io.usageflow.forwarder.config;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * How large a record may be, in bytes after decompression. A producer may compress gigabytes into what a topic takes, so
 * nothing here follows from a topic's own limit. Immutable.
 *
 * <p>A record that is larger in one part is never held whole. Its dead letter has the first {@value #BEGINNING_BYTES} bytes
 * of that part, its size and its SHA-256, and says where the record stands.
 *
 * @param valueBytesMax of the value; at least what the largest allowed event needs
 */
public record RecordBounds(int valueBytesMax) {
    /** Of a record's key. The longest account needs less than 1 kB. */
    public static final int KEY_BYTES_MAX = 192 * 1024;

    /** Of the names and values of a record's headers together. */
    public static final int HEADERS_BYTES_MAX = 192 * 1024;

    /** What is kept of a part that is too large. */
    public static final int BEGINNING_BYTES = 64 * 1024;

    /** What a dead letter keeps whole even where the largest allowed event is smaller. */
    private static final int VALUE_BYTES_MAX = 3 * 1024 * 1024;

    /**
     * What a written record may have besides a value: the key twice and the headers, as a dead letter has them, and the
     * references or the reasons that are added to it. All of these are bounded.
     */
    private static final int BESIDES_BYTES_MAX = 1024 * 1024;

    /** Settings of producers that bound a record. */
    private static final List<String> REFUSING =
            List.of(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, ProducerConfig.BUFFER_MEMORY_CONFIG);

    private static final String CHANGELOGS = "topic.max.message.bytes";

    /**
     * Returns the bounds that follow from the largest event.
     *
     * @param eventBytesMax the setting {@code admission.event.max.bytes}
     */
    public static RecordBounds of(int eventBytesMax) {
        return new RecordBounds(Math.max(VALUE_BYTES_MAX, eventBytesMax));
    }

    /**
     * Why the user's own settings of Kafka's clients would refuse records that the forwarder must write: one sentence
     * each with the remedy; empty where they fit. A record that is refused once is refused after every restart.
     */
    public List<String> obstacles(KafkaSettings kafka) {
        var obstacles = new ArrayList<String>();
        REFUSING.forEach(key ->
                obstacle(KafkaSettings.CLIENT_PREFIX + key, kafka.client().get(key), obstacles));
        REFUSING.forEach(key -> {
            String producers = "producer." + key;
            obstacle(KafkaSettings.STREAMS_PREFIX + key, kafka.streams().get(key), obstacles);
            obstacle(KafkaSettings.STREAMS_PREFIX + producers, kafka.streams().get(producers), obstacles);
        });
        obstacle(KafkaSettings.STREAMS_PREFIX + CHANGELOGS, kafka.streams().get(CHANGELOGS), obstacles);
        return obstacles;
    }

    private void obstacle(String key, @Nullable Object given, List<String> obstacles) {
        if (given == null) {
            return;
        }
        long bytes;
        try {
            bytes = Long.parseLong(given.toString().strip());
        } catch (NumberFormatException notANumber) {
            return; // Kafka's client refuses it by name
        }
        if (bytes < writtenBytesMax()) {
            obstacles.add(key + " is " + bytes + ", and the largest record that the forwarder writes has "
                    + writtenBytesMax() + " bytes, which follows from admission.event.max.bytes: remove " + key
                    + ", or set at least " + writtenBytesMax());
        }
    }

    /** What the producers and the topics of written records must take. */
    public int writtenBytesMax() {
        return valueBytesMax + BESIDES_BYTES_MAX;
    }
}
