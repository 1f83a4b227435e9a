package io.usageflow.forwarder.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The names that users depend on, as {@code docs/public-surface.txt} records them, section by section. A test derives a
 * section from the code and fails where the file has another. {@code -Dusageflow.surface=write} writes the file instead,
 * so that a change is a diff to review.
 */
public final class PublicSurface {
    /** Tests run in the module's folder. */
    private static final Path FILE = Path.of("..", "docs", "public-surface.txt");

    private static final String SECTION = "## ";

    private PublicSurface() {}

    /**
     * Fails if a section of the file differs from the code.
     *
     * @param section heading in the file
     * @param found what the code says; order and repetitions do not matter
     */
    public static void requireUnchanged(String section, Collection<String> found) {
        List<String> lines = List.copyOf(new TreeSet<>(found));
        assertThat(lines).as("what the code says of %s", section).isNotEmpty();
        try {
            Map<String, List<String>> sections = sections();
            if ("write".equals(System.getProperty("usageflow.surface"))) {
                sections.put(section, lines);
                write(sections);
                return;
            }
            assertThat(lines)
                    .as(
                            "'%s' in docs/public-surface.txt: users depend on these names. A change needs a migration, a"
                                    + " test of it and a line in CHANGELOG.md; CONTRIBUTING.md says how to write the file",
                            section)
                    .containsExactlyElementsOf(sections.getOrDefault(section, List.of()));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** What the file has of a section. */
    public static List<String> section(String section) throws IOException {
        return sections().getOrDefault(section, List.of());
    }

    private static Map<String, List<String>> sections() throws IOException {
        Map<String, List<String>> sections = new TreeMap<>();
        List<String> section = new ArrayList<>();
        for (String line : Files.readAllLines(FILE)) {
            if (line.startsWith(SECTION)) {
                section = sections.computeIfAbsent(line.substring(SECTION.length()), heading -> new ArrayList<>());
            } else if (!line.isBlank() && !sections.isEmpty()) {
                section.add(line);
            }
        }
        return sections;
    }

    private static void write(Map<String, List<String>> sections) throws IOException {
        List<String> head = Files.readAllLines(FILE).stream()
                .takeWhile(line -> !line.startsWith(SECTION))
                .toList();
        var lines = new ArrayList<>(head);
        sections.forEach((heading, entries) -> {
            if (!lines.get(lines.size() - 1).isBlank()) {
                lines.add("");
            }
            lines.add(SECTION + heading);
            lines.addAll(entries);
        });
        Files.write(FILE, lines);
    }
}
