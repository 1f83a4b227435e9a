package io.usageflow.forwarder.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Broker, registry and Credyt's stand-in: everything around a forwarder of the default topics. Close it. */
public final class PipelineWorld implements AutoCloseable {
    private static final String KEY = "test";

    private final EmbeddedBroker broker =
            EmbeddedBroker.start(EmbeddedBrokerOptions.defaults().withSettings(ImpatientKafka.BROKER));
    private final SchemaRegistryServer registry = SchemaRegistryServer.start(0);
    private final CredytSandbox credyt;

    public PipelineWorld(SandboxOptions options) {
        credyt = CredytSandbox.start(options.withApiKeys(KEY));
    }

    public CredytSandbox credyt() {
        return credyt;
    }

    /** Makes the topics, and returns the settings of a forwarder of them. */
    public Settings open(Path stateDir, Map<String, String> more) {
        Map<String, String> values = new HashMap<>(ImpatientKafka.ADMISSION);
        values.put("kafka.bootstrap.servers", broker.bootstrapServers());
        values.put("schema.registry.url", registry.url());
        values.put("credyt.url", credyt.url().toString());
        values.put("credyt.api.key", KEY);
        values.put("admin.port", "0");
        values.put("state.dir", stateDir.toString());
        values.putAll(more);
        Settings settings = Settings.load(ConfigSources.none().with(values, "test"));
        TopicCreation.create(
                broker.bootstrapServers(), settings.topics().names().specs(2, Duration.ofDays(35)));
        return settings;
    }

    /** The settings of a service that publishes. */
    public Map<String, Object> service() {
        return Map.of("bootstrap.servers", broker.bootstrapServers(), "schema.registry.url", registry.url());
    }

    public UsagePublisher publisher() {
        return UsagePublisher.create(service());
    }

    /** Writes a record of another writer. */
    public void writeRubbish(String topic, String key) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, key, "rubbish")).get();
        }
    }

    /** Posts JSON to the stand-in, which must answer 2xx. */
    public void post(String path, String json) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(credyt.url() + path))
                                .header("X-CREDYT-API-KEY", KEY)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(json))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    }

    @Override
    public void close() {
        credyt.close();
        registry.close();
        broker.close();
    }
}
