package io.usageflow.forwarder.admission.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.admission.AdmissionDriver;
import io.usageflow.schema.topic.Topics;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

class StreamsSettingsTest {
    @Test
    void shouldBeExactlyOnceUnderTheTopicsName() {
        Properties properties = of(Map.of());

        assertThat(properties)
                .containsEntry("processing.guarantee", "exactly_once_v2")
                .containsEntry("application.id", "billing.admission")
                .containsEntry("bootstrap.servers", "127.0.0.1:9")
                .containsEntry("commit.interval.ms", 1000L)
                .containsEntry("acceptable.recovery.lag", 1000L)
                .containsEntry("producer.compression.type", "lz4")
                .containsEntry("topic.max.message.bytes", 16 * 1024 * 1024);
        assertThat(properties).as("would end cooperative rebalancing").doesNotContainKey("upgrade.from");
        assertThat(new StreamsConfig(properties)).isNotNull();
    }

    @Test
    void shouldLetTheUserTuneTheClients() {
        Properties properties = of(Map.of("producer.compression.type", "zstd", "commit.interval.ms", "50"));

        assertThat(properties)
                .containsEntry("producer.compression.type", "zstd")
                .containsEntry("commit.interval.ms", "50");
    }

    @Test
    void shouldRefuseWhatWouldBreakAPromiseAndNameTheKey() {
        assertThatThrownBy(() -> of(Map.of("processing.guarantee", "at_least_once")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("streams.processing.guarantee")
                .hasMessageContaining("exactly_once_v2");
        assertThatThrownBy(() -> of(Map.of("num.stream.threads", "9")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("admission.threads");
        assertThat(of(Map.of("num.stream.threads", "2"))).containsEntry("num.stream.threads", 2);
    }

    private static Properties of(Map<String, ?> streams) {
        return StreamsSettings.of(
                AdmissionDriver.settings(),
                new AdmissionContext(
                        new Topics("billing"),
                        Map.of("bootstrap.servers", "127.0.0.1:9"),
                        streams,
                        Map.of("schema.registry.url", "mock://x"),
                        Path.of("state")));
    }
}
