package io.usageflow.compatibility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** docs/producer-dependencies.md, from what Maven resolved for applications. */
final class DependenciesPage {
    private static final List<String> VERSIONS =
            List.of("kafka-clients", "avro", "jackson-databind", "jackson-core", "slf4j-api", "lz4-java", "zstd-jni");

    private DependenciesPage() {}

    /**
     * @param alone an application that has nothing but the library
     * @param applications on which the library is tested
     */
    static String of(ApplicationClassPath alone, List<ApplicationClassPath> applications) {
        StringBuilder page = new StringBuilder("""
                # What the publisher library brings along

                Generated from what Maven resolves; a test refuses a stale page (`-Dusageflow.docs.write=true` writes it).

                ## An application that has nothing else

                One dependency, `io.usageflow:producer-lib`. In addition to usageflow's own two jars:

                | jar | bytes |
                | --- | ---: |
                """);
        List<Path> jars = new ArrayList<>(alone.jars());
        jars.sort(Comparator.comparing(jar -> jar.getFileName().toString()));
        long sum = 0;
        for (Path jar : jars) {
            long bytes = size(jar);
            sum += bytes;
            page.append(String.format(Locale.ROOT, "| %s | %,d |%n", jar.getFileName(), bytes));
        }
        page.append(String.format(Locale.ROOT, "| **%d jars** | **%,d** |%n", jars.size(), sum));
        page.append("""

                `io.usageflow:producer-spring-boot-starter` adds itself and nothing else: whose Spring Boot, Micrometer and Actuator
                there is, is the application's matter.

                ## Applications that it is tested on

                Each publishes to a real broker, in a JVM of its own, with the versions that its own build asks for
                (`compatibility/`). Spring Boot's are those of `spring-boot-starter-parent`.

                """);
        page.append("| | ")
                .append(String.join(
                        " | ",
                        applications.stream().map(ApplicationClassPath::name).toList()))
                .append(" |\n| --- |")
                .append(" --- |".repeat(applications.size()))
                .append('\n');
        for (String artifact : VERSIONS) {
            page.append("| ").append(artifact).append(" | ");
            page.append(String.join(
                            " | ",
                            applications.stream()
                                    .map(application -> application.versionsOf(artifact))
                                    .toList()))
                    .append(" |\n");
        }
        return page.toString();
    }

    private static long size(Path jar) {
        try {
            return Files.size(jar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
