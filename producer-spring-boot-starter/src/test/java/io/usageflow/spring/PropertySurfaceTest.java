package io.usageflow.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What applications write into their properties, as {@code docs/public-surface.txt} records it. */
class PropertySurfaceTest {
    private static final String SECTION = "## Properties of the Spring Boot starter\n";

    @Test
    void shouldKeepProperties() throws IOException {
        // Tests run in the module's folder.
        Path file = Path.of("..", "docs", "public-surface.txt");
        String surface = Files.readString(file);
        int begin = surface.indexOf(SECTION) + SECTION.length();
        int end = surface.indexOf("\n\n", begin) < 0 ? surface.length() : surface.indexOf("\n\n", begin) + 1;
        String properties = properties();

        if ("write".equals(System.getProperty("usageflow.surface"))) {
            Files.writeString(file, surface.substring(0, begin) + properties + surface.substring(end));
        } else {
            assertThat(surface.substring(begin, end))
                    .as("docs/public-surface.txt: CONTRIBUTING.md says how to write it again")
                    .isEqualTo(properties);
        }
    }

    /** As the annotation processor describes them for editors. */
    private static String properties() throws IOException {
        Path described = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");
        var lines = new TreeSet<String>();
        for (JsonNode property : new ObjectMapper().readTree(described.toFile()).path("properties")) {
            String type = property.path("type")
                    .asText()
                    .replaceAll("io\\.usageflow[\\w.$]+", "enum")
                    .replaceAll("\\b([a-z]\\w*\\.)+", "");
            String value = property.path("defaultValue").asText();
            lines.add(property.path("name").asText() + ", " + type + (value.isEmpty() ? "" : " = " + value));
        }
        return String.join("\n", lines) + "\n";
    }
}
