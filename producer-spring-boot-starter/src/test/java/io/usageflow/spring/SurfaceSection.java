package io.usageflow.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;

/** A section of {@code docs/public-surface.txt}, which {@code -Dusageflow.surface=write} writes. */
final class SurfaceSection {
    /** Tests run in the module's folder. */
    private static final Path FILE = Path.of("..", "docs", "public-surface.txt");

    private SurfaceSection() {}

    static void requireUnchanged(String heading, SortedSet<String> found) throws IOException {
        String surface = Files.readString(FILE);
        String line = "\n## " + heading + "\n";
        assertThat(surface).contains(line);
        int begin = surface.indexOf(line) + line.length();
        int end = surface.indexOf("\n\n", begin) < 0 ? surface.length() : surface.indexOf("\n\n", begin) + 1;
        String lines = String.join("\n", found) + "\n";

        if ("write".equals(System.getProperty("usageflow.surface"))) {
            Files.writeString(FILE, surface.substring(0, begin) + lines + surface.substring(end));
        } else {
            assertThat(surface.substring(begin, end))
                    .as("docs/public-surface.txt: CONTRIBUTING.md says how to write it again")
                    .isEqualTo(lines);
        }
    }
}
