package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The hand-written pages name what exists. */
class DocsTest {
    // Tests run in the module's folder.
    private static final Path ROOT = Path.of("..");
    private static final Pattern INDEX_LINE =
            Pattern.compile("- \\[\\d+\\.[^\\]]+]\\((\\d{4}-[a-z0-9-]+\\.md)\\):\\s+(in\\s+force|replaced by \\d+)\\n");

    private static final Pattern FILE = Pattern.compile("`([A-Za-z0-9_./-]+\\.[a-z]+)`");

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

    @Test
    void shouldNameFilesThatExistOnceInThePageOnChanges() throws IOException {
        List<String> named = FILE.matcher(Files.readString(ROOT.resolve("docs/changing.md")))
                .results()
                .map(file -> file.group(1))
                .distinct()
                .toList();
        Map<String, Long> found = filesByName();

        assertThat(named).hasSizeGreaterThan(50);
        assertThat(named).allSatisfy(file -> assertThat(
                        file.contains("/")
                                ? Files.isRegularFile(ROOT.resolve(file))
                                : Long.valueOf(1).equals(found.get(file)))
                .as(file)
                .isTrue());
    }

    private static Map<String, Long> filesByName() throws IOException {
        Map<String, Long> found = new HashMap<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                return name.equals("target") || name.equals(".git") || name.equals("node_modules")
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                found.merge(file.getFileName().toString(), 1L, Long::sum);
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }
}
