package io.usageflow.forwarder.config;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * The largest record that is kept whole, in bytes after decompression. A producer may compress gigabytes into one batch
 * of a topic, so these bounds do not follow from a topic's limit. Immutable.
 *
 * <p>A record that is larger in one part is never held whole. Its dead letter has the first {@value #BEGINNING_BYTES}
 * bytes of that part, its size, its SHA-256 and the record's offset.
 *
 * @param valueBytesMax of the value; at least what the largest allowed event needs
 */
public record RecordBounds(int valueBytesMax) {
    /** Limit of a record's key. The longest account needs less than 1 kB. */
    public static final int KEY_BYTES_MAX = 192 * 1024;

    /** Limit of the names and values of a record's headers together. */
    public static final int HEADERS_BYTES_MAX = 192 * 1024;

    /** Bytes kept of a part that is too large. */
    public static final int BEGINNING_BYTES = 64 * 1024;

    /** Size of a value that a dead letter keeps whole, even if the largest allowed event is smaller. */
    private static final int VALUE_BYTES_MAX = 3 * 1024 * 1024;

    /**
     * Limit of everything in a written record except the value. A dead letter has the key twice, the headers, and the
     * added references or reasons, all bounded.
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
     * Returns why the user's settings of Kafka's clients would refuse records that the forwarder must write: one
     * sentence each with the remedy. A record that is refused once is refused after every restart.
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

    /** The size of records that producers and topics must accept. */
    public int writtenBytesMax() {
        return valueBytesMax + BESIDES_BYTES_MAX;
    }
}
