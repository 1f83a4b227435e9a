package io.usageflow.spring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What applications write into their properties, as {@code docs/public-surface.txt} records it. */
class PropertySurfaceTest {
    @Test
    void shouldKeepProperties() throws IOException {
        SurfaceSection.requireUnchanged("Properties of the Spring Boot starter", properties());
    }

    /** As the annotation processor describes them for editors. */
    private static SortedSet<String> properties() throws IOException {
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
        return lines;
    }
}
