package io.usageflow.forwarder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/security.md, as a configuration file: SCRAM, a client's certificate, tokens, a pipeline. */
class SecurityPageTest {
    private static final Pattern BLOCK = Pattern.compile("(?s)```properties\n(.*?)```");

    @TempDir
    Path folder;

    @Test
    void shouldPassEachWayToLogInToKafkasClients() throws IOException {
        List<Settings> examples = examples();

        assertThat(examples)
                .extracting(settings -> settings.kafka().client().get("security.protocol"))
                .containsExactly("SASL_SSL", "SSL", "SASL_SSL", null);
        assertThat(examples.get(0).kafka().client())
                .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
                .containsEntry("sasl.jaas.config", "module required;");
        assertThat(examples.get(1).kafka().client())
                .containsEntry("ssl.keystore.type", "PKCS12")
                .containsEntry("ssl.keystore.password", "changeit");
        assertThat(examples.get(2).kafka().client())
                .containsEntry("sasl.mechanism", "OAUTHBEARER")
                .containsEntry("sasl.oauthbearer.token.endpoint.url", "https://idp.example.com/token");
        assertThat(examples).allSatisfy(settings -> {
            Map<String, Object> client = settings.kafka().client();
            assertThat(AdminClientConfig.configNames()).containsAll(client.keySet());
            assertThat(ProducerConfig.configNames()).containsAll(client.keySet());
            assertThat(ConsumerConfig.configNames()).containsAll(client.keySet());
        });
    }

    @Test
    void shouldBindAPipelineToItsAccounts() throws IOException {
        Settings partner = examples().get(3);

        assertThat(partner.topics().names().events()).isEqualTo("partner.events");
        assertThat(partner.admission().senders().refusal("any", "partner-1", false))
                .isEmpty();
        assertThat(partner.admission().senders().refusal("any", "acct_1", false))
                .isPresent();
        assertThat(partner.admission().senders().refusal("any", "partner-1", true))
                .isPresent();
    }

    private List<Settings> examples() throws IOException {
        Files.writeString(folder.resolve("kafka.properties"), "jaas=module required;\nkeystore=changeit\n");
        String page = Files.readString(Path.of("..", "docs", "security.md"));
        return BLOCK.matcher(page)
                .results()
                .map(block -> load(block.group(1).replace("/run/secrets", folder.toString())))
                .toList();
    }

    private Settings load(String text) {
        try {
            return Settings.load(
                    ConfigSources.none().withFile(Files.writeString(folder.resolve("example.properties"), text)));
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }
}
