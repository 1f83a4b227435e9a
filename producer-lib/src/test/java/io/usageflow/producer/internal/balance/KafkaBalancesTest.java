package io.usageflow.producer.internal.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.producer.Balances;
import io.usageflow.producer.SpendCheck.Decision;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class KafkaBalancesTest {
    @Test
    void shouldReadWithTheProducersConnection() {
        Map<String, Object> consumer = KafkaBalances.consumerSettings(Map.of(
                "bootstrap.servers", "kafka:9092",
                "security.protocol", "SASL_SSL",
                "sasl.jaas.config", "secret",
                "client.id", "usageflow-publisher-chat",
                "plug.in", "its",
                "acks", "all",
                "linger.ms", 10,
                "interceptor.classes", "a.Producers"));

        assertThat(consumer)
                .containsEntry("bootstrap.servers", "kafka:9092")
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.jaas.config", "secret")
                .containsEntry("client.id", "usageflow-publisher-chat-balances")
                .containsEntry("plug.in", "its")
                .doesNotContainKeys("acks", "linger.ms", "interceptor.classes", "group.id");
    }

    @Test
    void shouldRefuseWrongSettingsLikeThePublisher() {
        assertThatThrownBy(() -> Balances.create(Map.of("bootstrap.servers", "kafka:9092")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("schema.registry.url");
    }

    @Test
    void shouldNeitherWaitNorFailWithoutKafka() {
        long begun = System.nanoTime();
        Balances balances = Balances.create(Map.of(
                "bootstrap.servers", "127.0.0.1:1",
                "schema.registry.url", "http://127.0.0.1:1",
                "request.timeout.ms", "500"));
        try (balances) {
            assertThat(balances.canSpend("a", "USD", BigDecimal.ONE).decision()).isEqualTo(Decision.UNKNOWN);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
            assertThat(balances.status().loaded()).isFalse();
        }
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("usageflow-balances")));
    }
}
