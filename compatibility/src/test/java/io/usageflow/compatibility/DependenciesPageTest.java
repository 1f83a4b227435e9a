package io.usageflow.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DependenciesPageTest {
    private static final Path PAGE = Path.of("..", "docs", "producer-dependencies.md");

    private final ApplicationClassPath alone = ApplicationClassPath.of("plain");
    private final List<ApplicationClassPath> applications = Stream.of(
                    "kafka-clients-3.9", "spring-boot-3.5", "spring-boot-4.0", "spring-boot-4.1")
            .map(ApplicationClassPath::of)
            .toList();

    @Test
    void shouldBeWhatMavenResolves() throws IOException {
        String page = DependenciesPage.of(alone, applications);
        if (Boolean.getBoolean("usageflow.docs.write")) {
            Files.writeString(PAGE, page);
        }

        assertThat(Files.readString(PAGE))
                .as("docs/producer-dependencies.md is stale: run the tests of compatibility with"
                        + " -Dusageflow.docs.write=true")
                .isEqualTo(page);
    }

    @Test
    void shouldGiveEveryApplicationOneVersionOfEachJar() {
        Stream.concat(Stream.of(alone), applications.stream()).forEach(application -> {
            assertThat(application.versionOf("kafka-clients")).isNotEmpty();
            assertThat(application.versionOf("avro")).isEqualTo(alone.versionOf("avro"));
            assertThat(application.versionOf("slf4j-api")).startsWith("2.0.");
            // A databind refuses to work with the core of another line.
            assertThat(application.versionsOf("jackson-core").replaceAll("\\.\\d+(?=,|$)", ""))
                    .as(application.name())
                    .isEqualTo(application.versionsOf("jackson-databind").replaceAll("\\.\\d+(?=,|$)", ""));
        });
        assertThat(alone.versionOf("jackson-core")).isEqualTo(alone.versionOf("jackson-databind"));
        assertThat(applications.get(0).versionOf("kafka-clients")).startsWith("3.9.");
        assertThat(applications.get(1).versionOf("kafka-clients")).startsWith("3.9.");
    }
}
