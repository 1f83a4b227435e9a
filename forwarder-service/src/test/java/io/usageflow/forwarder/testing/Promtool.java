package io.usageflow.forwarder.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Prometheus' own checker of rules and expressions; a test that needs it is left out where it is not installed. */
public final class Promtool {
    private Promtool() {}

    /** Runs {@code promtool VERB rules FILE} in the file's folder, which must end well. */
    public static void accepts(String verb, Path file) throws IOException, InterruptedException {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool"))),
                "left out: no promtool on the path (Debian's package prometheus)");
        Process run = new ProcessBuilder(
                        "promtool", verb, "rules", file.getFileName().toString())
                .directory(file.toAbsolutePath().getParent().toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(run.getInputStream().readAllBytes(), UTF_8);
        assertThat(run.waitFor()).as(output).isZero();
        assertThat(output).contains("SUCCESS");
    }
}
