package io.usageflow.forwarder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordBoundsTest {
    private static final RecordBounds BOUNDS = RecordBounds.of(262_144);

    @Test
    void shouldFitTheTopicsAsTheyArePlanned() {
        assertThat(BOUNDS.writtenBytesMax()).isEqualTo(4 * 1024 * 1024);
        assertThat(RecordBounds.of(8 * 1024 * 1024).writtenBytesMax()).isEqualTo(9 * 1024 * 1024);
    }

    @Test
    void shouldNameEachSettingThatWouldRefuseARecord() {
        assertThat(BOUNDS.obstacles(kafka(Map.of("max.request.size", "1048576"), Map.of())))
                .singleElement()
                .asString()
                .contains("kafka.max.request.size is 1048576", "at least 4194304");
        assertThat(BOUNDS.obstacles(kafka(
                        Map.of("buffer.memory", "1000000"),
                        Map.of("producer.max.request.size", 2_000_000, "topic.max.message.bytes", "1048588"))))
                .hasSize(3)
                .anySatisfy(text -> assertThat(text).contains("streams.producer.max.request.size"))
                .anySatisfy(text -> assertThat(text).contains("streams.topic.max.message.bytes"))
                .anySatisfy(text -> assertThat(text).contains("kafka.buffer.memory"));
    }

    @Test
    void shouldHaveNothingAgainstWhatFits() {
        assertThat(BOUNDS.obstacles(kafka(Map.of("max.request.size", "4194304", "linger.ms", "x"), Map.of())))
                .isEmpty();
    }

    private static KafkaSettings kafka(Map<String, Object> client, Map<String, Object> streams) {
        return new KafkaSettings("127.0.0.1:9", client, streams);
    }
}
