package io.usageflow.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.producer.PublisherConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class SettingsTest {
    private static final Map<String, String> VALID = Map.of(
            "usageflow.bootstrap-servers", "127.0.0.1:1",
            "usageflow.schema-registry.url", "http://127.0.0.1:1");

    @Test
    void shouldSayEachSettingInThePublishersKeys() {
        Map<String, Object> keys = PublisherKeys.from(
                bound(Map.ofEntries(
                        Map.entry("usageflow.bootstrap-servers", "a:1, b:2"),
                        Map.entry("usageflow.schema-registry.url", "http://registry"),
                        Map.entry("usageflow.schema-registry.username", "me"),
                        Map.entry("usageflow.schema-registry.password", "secret"),
                        Map.entry("usageflow.topics.prefix", "billing"),
                        Map.entry("usageflow.service.name", "chat"),
                        Map.entry("usageflow.service.instance", "chat-1"),
                        Map.entry("usageflow.publish.buffer-size", "64MB"),
                        Map.entry("usageflow.publish.on-full", "throw"),
                        Map.entry("usageflow.publish.check-ids", "false"),
                        Map.entry("usageflow.spool.dir", "/var/spool/chat"),
                        Map.entry("usageflow.spool.max-size", "2GB"),
                        Map.entry("usageflow.spool.alert-age", "1m"),
                        Map.entry("usageflow.balances.max-age", "10m"),
                        Map.entry("usageflow.balances.max-accounts", "5000"),
                        Map.entry("usageflow.publish.max-block", "250ms"),
                        Map.entry("usageflow.publish.max-event-size", "64KB"),
                        Map.entry("usageflow.publish.delivery-timeout", "1m"),
                        Map.entry("usageflow.publish.close-timeout", "5s"),
                        Map.entry("usageflow.properties.security.protocol", "SSL"))),
                "ignored");

        assertThat(keys)
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("bootstrap.servers", "a:1,b:2"),
                        Map.entry("schema.registry.url", "http://registry"),
                        Map.entry("basic.auth.user.info", "me:secret"),
                        Map.entry("topics.prefix", "billing"),
                        Map.entry("service.name", "chat"),
                        Map.entry("service.instance", "chat-1"),
                        Map.entry("buffer.memory", "67108864"),
                        Map.entry("publish.on.full", "throw"),
                        Map.entry("publish.check.ids", "false"),
                        Map.entry("spool.dir", "/var/spool/chat"),
                        Map.entry("spool.max.bytes", "2147483648"),
                        Map.entry("spool.alert.age.ms", "60000"),
                        Map.entry("balances.max.age.ms", "600000"),
                        Map.entry("balances.accounts.max", "5000"),
                        Map.entry("publish.max.block.ms", "250"),
                        Map.entry("publish.max.event.bytes", "65536"),
                        Map.entry("delivery.timeout.ms", "60000"),
                        Map.entry("publish.close.timeout.ms", "5000"),
                        Map.entry("security.protocol", "SSL")));
    }

    @Test
    void shouldHaveThePublishersOwnDefaults() {
        Map<String, Object> keys = PublisherKeys.from(bound(VALID), null);

        Map<String, Object> defaults = new HashMap<>(PublisherConfig.configDef().defaultValues());
        defaults.putAll(ProducerConfig.configDef().defaultValues());
        // Shorter than the publisher's: what is left of a platform's 30 s after the web server has finished.
        defaults.put("publish.close.timeout.ms", 20_000);
        Map<String, String> ours = new HashMap<>();
        keys.forEach((key, value) -> ours.put(key, value.toString()));
        ours.keySet().removeAll(Set.of("bootstrap.servers", "schema.registry.url"));
        assertThat(ours)
                .isNotEmpty()
                .allSatisfy((key, value) -> assertThat(value).as(key).isEqualTo(String.valueOf(defaults.get(key))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            usageflow.bootstrap-servers=                     | usageflow.bootstrap-servers is missing: give the Kafka brokers
            usageflow.schema-registry.url=                   | usageflow.schema-registry.url is missing: give the schema registry
            usageflow.schema-registry.url=localhost:8081     | usageflow.schema-registry.url
            usageflow.schema-registry.username=me            | usageflow.schema-registry.password is missing although usageflow.schema-registry.username is set
            usageflow.topics.prefix=a b                      | topics.prefix
            usageflow.publish.max-event-size=1MB             | usageflow.publish.max-event-size
            usageflow.publish.delivery-timeout=1s            | usageflow.publish.delivery-timeout should be equal to or larger than usageflow.properties.linger.ms + usageflow.properties.request.timeout.ms
            usageflow.properties.acks=1                      | usageflow.properties.acks cannot be set: durable means acknowledged by all in-sync replicas
            usageflow.properties.linger.ms=soon              | Invalid value soon for configuration usageflow.properties.linger.ms
            usageflow.properties.buffer.memory=1000000       | usageflow.properties.buffer.memory has a property of its own
            usageflow.properties.publish.max.blok.ms=5       | did you mean usageflow.publish.max-block?
            usageflow.properties.linger.m=5                  | did you mean usageflow.properties.linger.ms? Otherwise remove it, or for a plug-in's own key write usageflow.properties.extra.linger.m
            usageflow.bootstrap-server=a:1                   | usageflow.bootstrap-server
            """)
    void shouldNotStartAndNameTheProperty(String property, String expected, CapturedOutput log) {
        assertThat(catchThrowable(() -> start(property))).isNotNull();

        assertThat(log.getAll()).contains("APPLICATION FAILED TO START").contains(expected);
    }

    @Test
    void shouldTellOfTheKafkaThatSpringKnows(CapturedOutput log) {
        assertThat(catchThrowable(() -> start("usageflow.bootstrap-servers=", "spring.kafka.bootstrap-servers=a:1")))
                .isNotNull();

        assertThat(log.getAll()).contains("usageflow.bootstrap-servers=${spring.kafka.bootstrap-servers}");
    }

    @Test
    void shouldExplainEachPropertyToEditors() throws IOException {
        Set<String> documented = new HashSet<>();
        for (URL file : Collections.list(
                getClass().getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream in = file.openStream()) {
                for (JsonNode property : new ObjectMapper().readTree(in).get("properties")) {
                    if (property.get("name").asText().startsWith("usageflow.")
                            && !property.path("description").asText().isBlank()) {
                        documented.add(property.get("name").asText());
                    }
                }
            }
        }

        assertThat(documented)
                .containsAll(PublisherKeys.NAMED.values())
                .containsAll(List.of(
                        "usageflow.enabled",
                        "usageflow.health.max-event-age",
                        "usageflow.properties",
                        "usageflow.schema-registry.username",
                        "usageflow.schema-registry.password"));
    }

    @Test
    void shouldNotShowPasswords() {
        UsageflowProperties properties = bound(Map.of(
                "usageflow.schema-registry.username", "me",
                "usageflow.schema-registry.password", "secret",
                "usageflow.properties.sasl.jaas.config", "secret"));

        assertThat(properties.toString()).doesNotContain("secret");
        assertThat(properties.schemaRegistry().toString()).doesNotContain("secret");
        assertThat(properties.health().maxEventAge()).isEqualTo(Duration.ofMinutes(1));
    }

    private static void start(String... properties) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        Map<String, Object> all = new HashMap<>(VALID);
        for (String property : properties) {
            all.put(property.substring(0, property.indexOf('=')), property.substring(property.indexOf('=') + 1));
        }
        application.setDefaultProperties(all);
        application.run().close();
    }

    private static UsageflowProperties bound(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate(UsageflowProperties.PREFIX, UsageflowProperties.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
