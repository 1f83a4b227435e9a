package io.usageflow.compatibility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Maven resolved for an application, as the application's own build file asks for it. */
record ApplicationClassPath(String name, List<Path> entries) {
    /** @param name of a folder beside this module's sources, which holds the application's build file */
    static ApplicationClassPath of(String name) {
        Path file = Path.of(name, "target", "classpath.txt");
        try {
            return new ApplicationClassPath(
                    name,
                    Arrays.stream(Files.readString(file).strip().split(java.io.File.pathSeparator))
                            .map(Path::of)
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("build compatibility/" + name + " first", e);
        }
    }

    String text() {
        return String.join(
                java.io.File.pathSeparator, entries.stream().map(Path::toString).toList());
    }

    /** Without usageflow's own, which are jars or folders as the build goes. */
    List<Path> jars() {
        return entries.stream()
                .filter(entry -> entry.toString().endsWith(".jar"))
                .filter(entry -> !entry.toString().contains("/target/"))
                .filter(entry -> !entry.toString().contains("/io/usageflow/"))
                .toList();
    }

    /** Of all jars of this name, in order of version, with commas between. */
    String versionsOf(String artifact) {
        Pattern jar = Pattern.compile(Pattern.quote(artifact) + "-(\\d.*)\\.jar");
        return String.join(
                ", ",
                entries.stream()
                        .map(entry -> jar.matcher(entry.getFileName().toString()))
                        .filter(Matcher::matches)
                        .map(match -> match.group(1))
                        .sorted()
                        .toList());
    }

    /** @throws AssertionError unless the class path has exactly one such jar */
    String versionOf(String artifact) {
        String versions = versionsOf(artifact);
        if (versions.isEmpty() || versions.contains(",")) {
            throw new AssertionError(name + " has " + artifact + " in versions [" + versions + "]");
        }
        return versions;
    }
}
