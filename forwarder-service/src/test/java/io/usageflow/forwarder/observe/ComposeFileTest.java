package io.usageflow.forwarder.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.forwarder.config.ConfigSources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What the compose file, Prometheus' configuration and Grafana's name of each other is there. Starting them is left to
 * {@code .ci/compose-check}, which needs Docker.
 */
class ComposeFileTest {
    private static final Path ROOT = Path.of("..");
    private static final YAMLMapper YAML = new YAMLMapper();

    private final JsonNode services = yaml("docker-compose.yml").path("services");
    private final JsonNode prometheus = yaml("deploy/prometheus/prometheus.yml");

    @Test
    void shouldOpenPortsOnThisMachineOnly() {
        services.properties().forEach(service -> service.getValue()
                .path("ports")
                .forEach(port -> assertThat(port.asText()).as(service.getKey()).startsWith("127.0.0.1:")));
    }

    @Test
    void shouldStartPrometheusAndGrafanaOnlyWhereAskedFor() {
        var asked = new HashSet<String>();
        services.properties().forEach(service -> {
            if (!service.getValue().path("profiles").isMissingNode()) {
                assertThat(service.getValue().path("profiles").toString()).isEqualTo("[\"observability\"]");
                asked.add(service.getKey());
            }
        });

        assertThat(asked).containsExactlyInAnyOrder("prometheus", "grafana");
        asked.forEach(name -> assertThat(services.path(name).path("image").asText())
                .as("a version, so that it starts the same tomorrow")
                .matches("\\S+:v?\\d+\\.\\d+\\.\\d+"));
    }

    @Test
    void shouldMountFilesThatThereAre() {
        for (String name : List.of("prometheus", "grafana")) {
            assertThat(mounts(name)).as(name).isNotEmpty();
            mounts(name).forEach((target, source) -> {
                if (source.startsWith("./")) {
                    assertThat(ROOT.resolve(source)).as(target).exists();
                }
            });
        }
    }

    @Test
    void shouldScrapeTheForwarderWithTheTokenThatTheFirstStartMakes() {
        JsonNode job = prometheus.path("scrape_configs").get(0);
        String token = job.at("/authorization/credentials_file").asText();
        JsonNode admin = services.path("admin-token");
        String script = admin.path("entrypoint").get(2).asText();
        Path folder = Path.of(token).getParent();

        assertThat(mounts("prometheus")).containsEntry(folder.toString(), "admin-token");
        assertThat(mounts("admin-token")).containsEntry(folder.toString(), "admin-token");
        assertThat(script)
                .contains("cd " + folder)
                .contains("> " + Path.of(token).getFileName())
                .contains("reader:prometheus:$$(sha256sum < " + Path.of(token).getFileName());
        String target = job.at("/static_configs/0/targets/0").asText();
        assertThat(target).isEqualTo("forwarder:8080");
        JsonNode forwarder = services.path("forwarder").path("environment");
        assertThat(forwarder
                        .path(ConfigSources.variableOf(AdminSettings.ALLOWED_HOSTS))
                        .asText())
                .isEqualTo("forwarder");
        assertThat(forwarder
                        .path(ConfigSources.variableOf(AdminSettings.TOKENS_FILE))
                        .asText())
                .startsWith(folder + "/");
    }

    /** The token's folder is its user's alone. */
    @Test
    void shouldRunPrometheusAsTheUserOfTheToken() throws IOException {
        String user = services.path("prometheus").path("user").asText();

        assertThat(Files.readString(ROOT.resolve("Dockerfile"))).contains("USER " + user + "\n", "-m 0700");
        assertThat(services.path("prometheus").path("tmpfs").asText()).isEqualTo("/prometheus:uid=" + user);
    }

    @Test
    void shouldGivePrometheusTheAlertRules() {
        String folder = mounts("prometheus").get("/etc/prometheus");

        assertThat(prometheus.path("rule_files")).hasSize(1);
        prometheus.path("rule_files").forEach(file -> assertThat(
                        ROOT.resolve(folder).resolve(file.asText()))
                .exists());
    }

    @Test
    void shouldGiveGrafanaItsDataAndTheDashboard() throws IOException {
        JsonNode source = yaml("deploy/grafana/provisioning/datasources/prometheus.yml")
                .path("datasources")
                .get(0);
        JsonNode provider = yaml("deploy/grafana/provisioning/dashboards/usageflow.yml")
                .path("providers")
                .get(0);
        JsonNode dashboard = new ObjectMapper()
                .readTree(ROOT.resolve("deploy/grafana/usageflow.json").toFile());

        assertThat(source.path("url").asText()).isEqualTo("http://prometheus:9090");
        assertThat(services.at("/prometheus/ports/0").asText()).endsWith(":9090:9090");
        assertThat(source.path("type").asText())
                .isEqualTo(dashboard.at("/templating/list/0/query").asText());
        assertThat(source.at("/jsonData/timeInterval")).isEqualTo(prometheus.at("/scrape_configs/0/scrape_interval"));
        assertThat(mounts("grafana"))
                .containsEntry("/etc/grafana/provisioning", "./deploy/grafana/provisioning")
                .containsEntry(
                        provider.at("/options/path").asText() + "/usageflow.json", "./deploy/grafana/usageflow.json");
        assertThat(mounts("grafana").keySet())
                .contains(services.at("/grafana/environment/GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH")
                        .asText());
    }

    /** Sources by target, of a service. */
    private Map<String, String> mounts(String service) {
        var mounts = new TreeMap<String, String>();
        List<String> texts = new ArrayList<>();
        services.path(service).path("volumes").forEach(volume -> texts.add(volume.asText()));
        for (String text : texts) {
            String[] parts = text.split(":");
            mounts.put(parts[1], parts[0]);
        }
        return mounts;
    }

    private static JsonNode yaml(String file) {
        try {
            return YAML.readTree(ROOT.resolve(file).toFile());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
