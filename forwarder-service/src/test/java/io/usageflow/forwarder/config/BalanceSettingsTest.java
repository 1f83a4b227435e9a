package io.usageflow.forwarder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.topic.Topics;
import io.usageflow.schema.topic.Topics.TopicSpec;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BalanceSettingsTest {
    @Test
    void shouldBeOffAndNeedNoTopic() {
        Settings settings = load(Map.of());

        assertThat(settings.balances().isKeptBy(Set.of(Role.ADMISSION, Role.DELIVERY)))
                .isFalse();
        assertThat(settings.topicSpecs())
                .extracting(TopicSpec::name)
                .doesNotContain("usage.balances")
                .contains("usage.receipts");
    }

    @Test
    void shouldReadWhatIsSet() {
        Settings settings = load(Map.of(
                BalanceSettings.ENABLED, "true",
                BalanceSettings.LOW, "USD=5.50, credits=1e3",
                BalanceSettings.DELAY, "500ms"));
        BalanceSettings balances = settings.balances();

        assertThat(balances.isKeptBy(Set.of(Role.DELIVERY))).isTrue();
        assertThat(balances.isKeptBy(Set.of(Role.ADMISSION))).isFalse();
        assertThat(balances.low()).isEqualTo(Map.of("USD", new BigDecimal("5.50"), "credits", new BigDecimal("1e3")));
        assertThat(balances.timing().delay()).isEqualTo(Duration.ofMillis(500));
        assertThat(balances.group(new Topics("p"))).isEqualTo("p-balances");
        assertThat(settings.topicSpecs()).extracting(TopicSpec::name).contains("usage.balances");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            balances.low         | USD        | balances.low has 'USD': write ASSET=AMOUNT
            balances.low         | =5         | balances.low has '=5'
            balances.low         | USD=five   | balances.low has 'USD=five'
            balances.low         | USD=5,USD=6 | balances.low has 'USD=6'
            balances.refresh.min | 1h         | balances.refresh.min is 1h, above balances.refresh.max with 30m
            """)
    void shouldNameWhatIsWrong(String key, String value, String expected) {
        assertThatThrownBy(() -> load(Map.of(key, value)))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(expected);
    }

    private static Settings load(Map<String, String> values) {
        return Settings.load(ConfigSources.none().with(values, "test"));
    }
}
