package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** One simple name means one thing in the whole repository. */
class NamesTest {
    // Tests run in the module's folder.
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** Names that may be used more than once, with the reason. */
    private static final Map<String, String> SHARED = Map.of(
            "SettingsException.java", "public in the starter's package, where applications may catch it",
            "package-info.java", "Java's name");

    @Test
    void shouldGiveEachSimpleNameToOneType() throws IOException {
        Map<String, Set<Path>> filesByName = new TreeMap<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                boolean skipped = Set.of("target", ".git", "node_modules", "test")
                        .contains(folder.getFileName().toString());
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    filesByName
                            .computeIfAbsent(file.getFileName().toString(), name -> new TreeSet<>())
                            .add(ROOT.relativize(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        filesByName.keySet().removeAll(SHARED.keySet());

        assertThat(filesByName).hasSizeGreaterThan(500);
        List<Set<Path>> shared =
                filesByName.values().stream().filter(files -> files.size() > 1).toList();
        assertThat(shared).isEmpty();
    }
}
