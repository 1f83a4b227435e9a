package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The hand-written pages name what exists. */
class DocsTest {
    // Tests run in the module's folder.
    private static final Path ROOT = Path.of("..");
    private static final Pattern INDEX_LINE =
            Pattern.compile("- \\[\\d+\\.[^\\]]+]\\((\\d{4}-[a-z0-9-]+\\.md)\\):\\s+(in\\s+force|replaced by \\d+)\\n");

    @Test
    void shouldIndexEachDecisionWithItsStatus() throws IOException {
        Path decisions = ROOT.resolve("docs/decisions");
        List<String> indexed = INDEX_LINE
                .matcher(Files.readString(decisions.resolve("README.md")))
                .results()
                .map(line -> line.group(1))
                .toList();

        try (Stream<Path> files = Files.list(decisions)) {
            assertThat(indexed)
                    .containsExactlyElementsOf(
                            files.map(file -> file.getFileName().toString())
                                    .filter(name -> name.matches("\\d{4}-.*"))
                                    .sorted()
                                    .toList());
        }
    }
}
