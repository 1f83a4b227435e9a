package io.usageflow.forwarder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EffectiveSettingTest {
    private static final String SECRET = "s3cr3t-of-ours";

    @Test
    void shouldShowWhatWasSetAndWhereAndTheDefaults() {
        List<EffectiveSetting> shown = Settings.load(ConfigSources.none()
                        .with("admin.port", "0", "--set")
                        .with("kafka.security.protocol", "SSL", "a file")
                        .with("streams.main.consumer.max.poll.records", "10", "a file"))
                .effective();

        assertThat(shown)
                .contains(
                        new EffectiveSetting("admin.port", Optional.of("0"), "--set", false),
                        new EffectiveSetting("admin.host", Optional.of("127.0.0.1"), "default", false),
                        new EffectiveSetting("kafka.security.protocol", Optional.of("SSL"), "a file", false),
                        new EffectiveSetting(
                                "streams.main.consumer.max.poll.records", Optional.of("10"), "a file", false))
                .extracting(EffectiveSetting::key)
                .isSorted()
                .containsAll(Settings.definition().names());
    }

    @Test
    void shouldHideSecretsWhereverTheyAre() {
        Map<String, String> secrets = new HashMap<>(Map.of(
                "credyt.api.key",
                SECRET,
                "admin.token",
                SECRET + "-long-enough",
                "admin.tokens",
                "reader:a:" + SECRET,
                "credyt.proxy.url",
                "http://user:" + SECRET + "@proxy:1",
                "kafka.sasl.jaas.config",
                "password=" + SECRET,
                "kafka.ssl.key.password",
                SECRET,
                "kafka.an.interceptors.own",
                SECRET,
                "streams.producer.ssl.keystore.key",
                SECRET,
                "registry.bearer.auth.token",
                SECRET,
                "schema.registry.url",
                "http://one:1,https://" + SECRET + "@two:2"));
        secrets.put("registry.something.new", SECRET);
        Settings settings = Settings.load(ConfigSources.none().with(secrets, "test"));

        assertThat(settings.effective().toString()).doesNotContain(SECRET);
        assertThat(settings.effective().stream()
                        .filter(EffectiveSetting::hidden)
                        .map(EffectiveSetting::key))
                .containsExactlyInAnyOrderElementsOf(secrets.keySet());
    }
}
