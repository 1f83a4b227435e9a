package io.usageflow.producer.internal.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.producer.UsagePublisher;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublisherSettingsTest {

    @Test
    void shouldAskForDurabilityAndBatchWell() {
        Map<String, Object> kafka = PublisherSettings.from(valid(Map.of())).kafka();

        assertThat(kafka)
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", true)
                .containsEntry("max.block.ms", 0L)
                .containsEntry("compression.type", "lz4")
                .containsEntry("linger.ms", 10)
                .containsEntry("batch.size", 131_072)
                .doesNotContainKey("retries");
    }

    @Test
    void shouldHaveDefaults() {
        PublisherSettings settings = PublisherSettings.from(valid(Map.of()));

        assertThat(settings.topics().events()).isEqualTo("usage.events");
        assertThat(settings.limits().eventBytesMax()).isEqualTo(262_144);
        assertThat(settings.limits().bufferBytesMax()).isEqualTo(33_554_432);
        assertThat(settings.limits().blockMsMax()).isZero();
        assertThat(settings.limits().deliveryTimeoutMs()).isEqualTo(120_000);
        assertThat(settings.limits().closeTimeout()).hasSeconds(30);
        assertThat(settings.source().getService()).isNull();
        assertThat(settings.source().getLibraryVersion()).isNotBlank();
    }

    @Test
    void shouldTakeTextForEveryTypeAndLetKafkaSettingsBeTuned() {
        PublisherSettings settings = PublisherSettings.from(valid(Map.of(
                "linger.ms", "5",
                "compression.type", "zstd",
                "buffer.memory", "1000000",
                "delivery.timeout.ms", 60_000,
                "publish.max.block.ms", "250",
                "topics.prefix", "acme.usage",
                "service.name", "chat",
                "service.instance", "chat-1",
                "sasl.mechanism", "PLAIN")));

        assertThat(settings.kafka())
                .containsEntry("linger.ms", "5")
                .containsEntry("compression.type", "zstd")
                .containsEntry("max.block.ms", 250L)
                .containsEntry("client.id", "usageflow-publisher-chat")
                .containsEntry("sasl.mechanism", "PLAIN");
        assertThat(settings.limits().bufferBytesMax()).isEqualTo(1_000_000);
        assertThat(settings.limits().deliveryTimeoutMs()).isEqualTo(60_000);
        assertThat(settings.topics().events()).isEqualTo("acme.usage.events");
        assertThat(settings.source().getInstance()).isEqualTo("chat-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acks",
                "enable.idempotence",
                "retries",
                "max.block.ms",
                "key.serializer",
                "value.serializer",
                "partitioner.class",
                "partitioner.ignore.keys",
                "transactional.id",
                "extra.acks"
            })
    void shouldRefuseWhatWouldBreakItsPromise(String key) {
        assertThatThrownBy(() -> PublisherSettings.from(valid(Map.of(key, "1"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(key + " cannot be set: ");
    }

    @ParameterizedTest
    @CsvSource({
        "linger.mss, linger.ms",
        "bootstrap.server, bootstrap.servers",
        "publish.max.blocks.ms, publish.max.block.ms",
        "topic.prefix, topics.prefix",
        "schema.registry.urls, schema.registry.url",
        "servicename, service.name"
    })
    void shouldSuggestTheNearestKey(String wrong, String meant) {
        assertThatThrownBy(() -> PublisherSettings.from(valid(Map.of(wrong, "1"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(wrong + " is not a setting")
                .hasMessageContaining("did you mean " + meant + "?");
    }

    @Test
    void shouldSuggestNothingForAnotherWord() {
        assertThatThrownBy(() -> PublisherSettings.from(valid(Map.of("quux.frobnicate", "1"))))
                .hasMessageContaining("quux.frobnicate is not a setting")
                .hasMessageContaining("extra.quux.frobnicate")
                .hasMessageNotContaining("did you mean");
    }

    @Test
    void shouldHandOnThePlugInsKeys() {
        PublisherSettings settings = PublisherSettings.from(valid(Map.of("extra.normalize.schemas", "true")));

        assertThat(settings.kafka()).containsEntry("normalize.schemas", "true");
        assertThat(settings.serde()).containsEntry("normalize.schemas", "true");
    }

    @Test
    void shouldKeepRegistryKeysFromKafkaAndKafkaKeysFromTheRegistry() {
        PublisherSettings settings = PublisherSettings.from(valid(Map.of("basic.auth.user.info", "u:p")));

        assertThat(settings.kafka()).doesNotContainKeys("basic.auth.user.info", "schema.registry.url");
        assertThat(settings.serde()).containsOnlyKeys("basic.auth.user.info", "schema.registry.url");
    }

    @Test
    void shouldShowNoPassword() {
        assertThat(PublisherSettings.from(valid(Map.of("basic.auth.user.info", "u:pass-word"))))
                .asString()
                .doesNotContain("pass-word");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bootstrap.servers", "schema.registry.url"})
    void shouldNameWhatIsMissing(String key) {
        Map<String, Object> settings = valid(Map.of());
        settings.remove(key);

        assertThatThrownBy(() -> UsagePublisher.create(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(key + " is missing: give ");
    }

    @ParameterizedTest
    @CsvSource({
        "publish.max.block.ms, -1",
        "publish.max.event.bytes, 262145",
        "publish.close.timeout.ms, soon",
        "topics.prefix, 'a b'",
        "linger.ms, x",
        "delivery.timeout.ms, 5",
        "max.request.size, 1000",
        "max.in.flight.requests.per.connection, 6",
        "bootstrap.servers, nonsense"
    })
    void shouldNameTheWrongValuesKey(String key, String value) {
        assertThatThrownBy(() -> UsagePublisher.create(valid(Map.of(key, value))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key);
    }

    @Test
    void shouldNameANull() {
        Map<String, Object> settings = valid(Map.of());
        settings.put("linger.ms", null);

        assertThatThrownBy(() -> PublisherSettings.from(settings)).hasMessageStartingWith("linger.ms is null");
    }

    private static Map<String, Object> valid(Map<String, ?> more) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", "127.0.0.1:9092");
        settings.put("schema.registry.url", "mock://settings");
        settings.putAll(more);
        return settings;
    }
}
