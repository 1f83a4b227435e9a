package io.usageflow.forwarder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @TempDir
    Path folder;

    @Test
    void shouldHaveDefaultsThatReachUsageflowDev() {
        Settings settings = Settings.load(minimal());

        assertThat(settings.kafka().client()).containsEntry("bootstrap.servers", "127.0.0.1:9092");
        assertThat(settings.registry().serde()).containsEntry("schema.registry.url", "http://127.0.0.1:8081");
        assertThat(settings.topics().names().events()).isEqualTo("usage.events");
        assertThat(settings.process().roles()).containsExactlyInAnyOrder(Role.values());
        assertThat(settings.process().instanceId()).isNotBlank();
        assertThat(settings.process().stopTimeout()).isEqualTo(Duration.ofSeconds(25));
        assertThat(settings.admin()).isEqualTo(new AdminSettings("127.0.0.1", 8080));
    }

    @Test
    void shouldLetEachSourceOverrideTheOnesBeforeIt() throws IOException {
        Path file = write("admin.port=1001\nadmin.host=file\ntopics.prefix=file\nstate.dir=file\n");
        ConfigSources sources = minimal()
                .withFile(file)
                .withEnvironment(Map.of(
                        "USAGEFLOW_ADMIN_HOST", "environment",
                        "USAGEFLOW_TOPICS_PREFIX", "environment",
                        "OTHER_STATE_DIR", "not ours"))
                .withAssignments(List.of("topics.prefix=command"));

        Settings settings = Settings.load(sources);

        assertThat(settings.admin()).isEqualTo(new AdminSettings("environment", 1001));
        assertThat(settings.topics().names().prefix()).isEqualTo("command");
        assertThat(settings.process().stateDir()).isEqualTo(Path.of("file"));
    }

    @Test
    void shouldPassPrefixedKeysThroughWithoutTheirPrefix() {
        Settings settings = Settings.load(minimal()
                .withAssignments(List.of("kafka.security.protocol=SSL", "streams.num.stream.threads=3"))
                .withEnvironment(Map.of("USAGEFLOW_REGISTRY_AUTO_REGISTER_SCHEMAS", "false")));

        assertThat(settings.kafka().client())
                .containsOnlyKeys("security.protocol", "bootstrap.servers")
                .containsEntry("security.protocol", "SSL");
        assertThat(settings.kafka().streams()).containsOnlyKeys("num.stream.threads");
        assertThat(settings.registry().serde()).containsEntry("auto.register.schemas", "false");
    }

    @ParameterizedTest
    @CsvSource({
        "admin.prt, admin.port",
        "topic.prefix, topics.prefix",
        "schema.registry, schema.registry.url",
        "Roles, roles",
    })
    void shouldSuggestTheNearestKeyForAnUnknownOne(String typed, String meant) {
        assertThat(problemsOf(minimal().with(typed, "1", "--set")))
                .containsExactly("unknown key " + typed + " (from --set): did you mean " + meant + "?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "admission.commit.interval",
                "admission.commit.interval.max",
                "delivery.settle.interval",
                "delivery.settle.interval.max"
            })
    void shouldStartWithAKeyThatWasReplaced(String key) {
        Settings settings = Settings.load(minimal().withAssignments(List.of(key + "=20ms", "latency.target=30ms")));

        assertThat(settings.admission().engine().latencyTarget()).isEqualTo(Duration.ofMillis(30));
    }

    @Test
    void shouldPointToTheListWhereNoKeyIsNear() {
        assertThat(problemsOf(minimal().withEnvironment(Map.of("USAGEFLOW_SOMETHING_ELSE_ENTIRELY", "1"))))
                .containsExactly("unknown key something.else.entirely (from USAGEFLOW_SOMETHING_ELSE_ENTIRELY):"
                        + " docs/configuration.md lists all keys");
    }

    @Test
    void shouldReportAllProblemsTogetherWithTheirOrigins() throws IOException {
        ConfigSources sources = minimal()
                .withFile(write("admin.port=eighty\nadmin.port=81\nstop.timeout=soon\n"))
                .withFile(folder.resolve("absent.properties"))
                .withEnvironment(Map.of("USAGEFLOW_ROLES", "admission,sink"))
                .withAssignments(List.of("topics.prefix=a b", "nonsense", "topics.partitions=0", "unknwon=1"));

        List<String> problems = problemsOf(sources);

        assertThat(problems).hasSize(8);
        assertThat(problems).anyMatch(problem -> problem.startsWith("admin.port stands twice in "));
        assertThat(problems).anyMatch(problem -> problem.startsWith("there is no configuration file "));
        assertThat(problems).anyMatch(problem -> problem.startsWith("--set takes key=value"));
        assertThat(problems)
                .anyMatch(problem -> problem.startsWith("stop.timeout is 'soon', which is not a duration")
                        && problem.contains("usageflow.properties)"));
        assertThat(problems)
                .anyMatch(problem -> problem.contains("roles") && problem.endsWith("(from USAGEFLOW_ROLES)"));
        assertThat(problems).anyMatch(problem -> problem.startsWith("topics.prefix is 'a b'"));
        assertThat(problems)
                .anyMatch(problem -> problem.contains("topics.partitions") && problem.contains("at least 1"));
        assertThat(problems).anyMatch(problem -> problem.startsWith("unknown key unknwon"));
    }

    @Test
    void shouldTakeSecretsFromFilesAndDirectoriesAndTheEnvironment() throws IOException {
        Path secrets = Files.writeString(folder.resolve("secrets.properties"), "jaas=from-file\n");
        Files.writeString(folder.resolve("password"), "from-dir\n");
        Settings settings = Settings.load(minimal()
                .withAssignments(List.of(
                        "kafka.sasl.jaas.config=${file:" + secrets + ":jaas}",
                        "kafka.ssl.key.password=${dir:" + folder + ":password}",
                        "kafka.client.rack=${env:PATH}")));

        assertThat(settings.kafka().client())
                .containsEntry("sasl.jaas.config", "from-file")
                .containsEntry("ssl.key.password", "from-dir")
                .containsEntry("client.rack", System.getenv("PATH"));
    }

    @Test
    void shouldNameTheKeyWhoseReferenceLeadsNowhere() throws IOException {
        Path secrets = Files.writeString(folder.resolve("secrets.properties"), "other=1\n");

        assertThat(problemsOf(minimal().with("kafka.sasl.jaas.config", "${file:" + secrets + ":jaas}", "--set")))
                .singleElement()
                .asString()
                .startsWith("kafka.sasl.jaas.config (--set) refers to ${file:")
                .endsWith("check the name and the entry");
        assertThat(problemsOf(minimal().with("kafka.sasl.jaas.config", "${file:/nowhere:jaas}", "--set")))
                .singleElement()
                .asString()
                .startsWith("kafka.sasl.jaas.config (--set) refers to ${file:/nowhere:jaas}");
    }

    /** Siblings: passwords of our own, of Kafka, of the registry, inside addresses; references and what only looks so are none. */
    @Test
    void shouldKnowWhichAssignmentsShowASecret() {
        List<String> secrets = List.of(
                "credyt.api.key=k",
                "credyt.proxy.url=http://me:hush@proxy:1",
                "credyt.tls.truststore.password=p",
                "kafka.sasl.jaas.config=x",
                "kafka.ssl.keystore.password=p",
                "kafka.ssl.key.password=p",
                "kafka.ssl.keystore.key=pem",
                "kafka.sasl.oauthbearer.client.credentials.client.secret=s",
                "registry.basic.auth.user.info=me:p",
                "registry.bearer.auth.token=t",
                "schema.registry.url=https://me:p@registry");
        List<String> none = List.of(
                "credyt.api.key=${env:KEY}",
                "credyt.api.key.file=/run/key",
                "credyt.api.key=",
                "kafka.sasl.oauthbearer.token.endpoint.url=https://idp",
                "registry.basic.auth.credentials.source=URL",
                "schema.registry.url=https://registry",
                "admin.port=1",
                "no assignment");

        assertThat(ConfigSources.secretsIn(secrets))
                .containsExactlyElementsOf(
                        secrets.stream().map(each -> each.split("=", 2)[0]).toList());
        assertThat(ConfigSources.secretsIn(none)).isEmpty();
    }

    @Test
    void shouldTakeAPlainAddressOfPrometheusOnly() {
        assertThat(Settings.load(minimal().withAssignments(List.of("admin.prometheus.url=https://metrics/a/")))
                        .admin()
                        .prometheus())
                .contains(URI.create("https://metrics/a"));
        for (String wrong : List.of("ftp://metrics", "metrics:9090", "http://me:hunter2@metrics", "http://m/?a", "{")) {
            assertThat(problemsOf(minimal().withAssignments(List.of("admin.prometheus.url=" + wrong))))
                    .singleElement()
                    .asString()
                    .contains("admin.prometheus.url must be a plain address")
                    .doesNotContain("hunter2");
        }
    }

    @Test
    void shouldNeverPrintASecret() {
        ConfigSources sources = minimal()
                .withAssignments(List.of(
                        "kafka.sasl.jaas.config=hunter2",
                        "registry.basic.auth.user.info=me:hunter2",
                        "streams.x=hunter2"));

        assertThat(Settings.load(sources).toString()).doesNotContain("hunter2");
        assertThat(sources.entries().toString()).doesNotContain("hunter2");
        assertThat(problemsOf(sources.withAssignments(List.of("hunter2", "admin.port=x")))
                        .toString())
                .doesNotContain("hunter2");
    }

    @Test
    void shouldIgnoreVariablesThatKubernetesSetsForAServiceOfOurName() {
        ConfigSources sources = minimal()
                .withEnvironment(Map.of(
                        "USAGEFLOW_SERVICE_HOST", "10.0.0.1",
                        "USAGEFLOW_SERVICE_PORT_HTTP", "8080",
                        "USAGEFLOW_PORT", "tcp://10.0.0.1:8080",
                        "USAGEFLOW_PORT_8080_TCP_ADDR", "10.0.0.1",
                        "USAGEFLOW_ADMIN_PORT", "tcp://10.0.0.1:8080",
                        "USAGEFLOW_DEBUG", "1"));

        assertThat(Settings.load(sources).admin().port()).isEqualTo(8080);
    }

    @ParameterizedTest
    @CsvSource({
        "admission.unbillable=pass, credyt.api.key=, true",
        "admission.unbillable=hold, credyt.api.key=, false",
        "admission.unbillable=Dead-Letter, catalogue.enabled=false, false",
        "admission.unbillable=hold, roles=admission, true"
    })
    void shouldNeedTheCatalogueForAGate(String gate, String setting, boolean starts) {
        Settings settings = Settings.load(minimal()
                .withAssignments(List.of("roles=admission", "credyt.api.key=k"))
                .withAssignments(List.of(gate, setting)));

        if (starts) {
            settings.requireForwarding();
        } else {
            assertThat(catchThrowableOfType(SettingsException.class, settings::requireForwarding))
                    .hasMessageContaining("admission.unbillable is not pass")
                    .hasMessageContaining("credyt.api.key");
        }
    }

    private static ConfigSources minimal() {
        return ConfigSources.none();
    }

    private static List<String> problemsOf(ConfigSources sources) {
        return catchThrowableOfType(SettingsException.class, () -> Settings.load(sources))
                .problems();
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("usageflow.properties"), text);
    }
}
