package io.usageflow.forwarder;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One simple name means one thing in the whole repository. */
class NamesTest {
    /** Names that may be used more than once, with the reason. */
    private static final Map<String, String> SHARED = Map.of(
            "SettingsException.java", "public in the starter's package, where applications may catch it",
            "package-info.java", "Java's name");

    @Test
    void shouldGiveEachSimpleNameToOneType() throws IOException {
        Map<String, List<Path>> filesByName = RepositoryFiles.mainSources().stream()
                .collect(groupingBy(file -> file.getFileName().toString()));
        filesByName.keySet().removeAll(SHARED.keySet());

        assertThat(filesByName).hasSizeGreaterThan(500);
        assertThat(filesByName.values()).allSatisfy(files -> assertThat(files).hasSize(1));
    }
}
