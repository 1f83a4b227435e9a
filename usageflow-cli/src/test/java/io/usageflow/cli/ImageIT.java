package io.usageflow.cli;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.cli.command.ExitCode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The container image holds the service and the operator's commands, and no embedded part. Needs the packaged jars. */
class ImageIT {
    private static final Path ROOT = Path.of("..");
    private static final Pattern COPY = Pattern.compile("(?m)^COPY --from=build (\\S+) /opt/usageflow/lib$");
    private static final String SLF4J_PROVIDER = "META-INF/services/org.slf4j.spi.SLF4JServiceProvider";

    @TempDir
    Path folder;

    private final List<Path> jars = jars();

    @Test
    void shouldCarryTheServiceOnly() throws IOException {
        var found = new ArrayList<String>();
        for (Path jar : jars) {
            for (String entry : entries(jar)) {
                if (entry.equals("kafka/server/KafkaConfig.class")
                        || entry.startsWith("org/apache/kafka/server/Server")
                        || entry.equals("scala/Option.class")
                        || entry.startsWith("io/usageflow/sandbox/")
                        || entry.startsWith("io/usageflow/embedded/")
                        || entry.startsWith("org/apache/logging/log4j/core/Logger")) {
                    found.add(jar.getFileName() + ": " + entry);
                }
            }
        }

        assertThat(jars).as("packaged").hasSizeGreaterThan(20);
        assertThat(jars.stream().map(jar -> jar.getFileName().toString()))
                .anyMatch(name -> name.startsWith("forwarder-service-"))
                .noneMatch(name -> name.startsWith("kafka_") || name.startsWith("kafka-server"))
                .noneMatch(name -> name.startsWith("scala-") || name.startsWith("log4j-"))
                .noneMatch(name -> name.startsWith("embedded-") || name.startsWith("credyt-sandbox-"));
        assertThat(found).isEmpty();
    }

    @Test
    void shouldCarryOneLoggingBackEnd() throws IOException {
        var backEnds = new ArrayList<String>();
        for (Path jar : jars) {
            if (entries(jar).contains(SLF4J_PROVIDER)) {
                backEnds.add(jar.getFileName().toString());
            }
        }

        assertThat(backEnds).singleElement().asString().startsWith("logback-classic-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "dev", "sandbox"})
    void shouldSayWhatIsNotPartOfIt(String command) throws Exception {
        Run run = run(command);

        assertThat(run.printed.strip().lines())
                .singleElement()
                .asString()
                .contains("'usageflow " + command + "' is not part of the container image", "./usageflow " + command);
        assertThat(run.exitCode).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldRunTheOtherCommands() throws Exception {
        var inThisBuild = new CommandRun();
        inThisBuild.run("--help");

        Run help = run("--help");
        Run plan = run("topics", "plan", "--set", "kafka.bootstrap.servers=127.0.0.1:1", "--set", "start.timeout=1s");

        assertThat(help.printed).isEqualTo(inThisBuild.out());
        assertThat(plan.exitCode).as(plan.printed).isEqualTo(ExitCode.UNREACHABLE);
    }

    @Test
    void shouldWriteNumbersAlikeOnMachinesOfOtherLanguages() throws Exception {
        Run doctor = run("doctor", "--set", "kafka.bootstrap.servers=127.0.0.1:1", "--set", "start.timeout=1s");

        assertThat(doctor.printed).containsPattern("heap up to \\d+ MiB of \\d{1,3}(,\\d{3})+ MiB");
    }

    private record Run(int exitCode, String printed) {}

    private Run run(String... words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-Duser.language=de",
                "-cp",
                jars.stream().map(Path::toString).collect(joining(File.pathSeparator)),
                Main.class.getName()));
        command.addAll(List.of(words));
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        // A command with embedded parts would run until it is stopped.
        boolean ended = process.waitFor(1, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertThat(ended).as("ended by itself: %s", words[0]).isTrue();
        return new Run(process.exitValue(), Files.readString(log));
    }

    /** What the image has in its class path: the build stage moves our own jars to a layer of their own. */
    private static List<Path> jars() {
        try {
            String dockerfile = Files.readString(ROOT.resolve("Dockerfile"));
            String image = dockerfile.substring(
                    dockerfile.indexOf("\nFROM eclipse-temurin:25-jre AS usageflow\n"),
                    dockerfile.indexOf("\nFROM usageflow AS sandbox\n"));
            assertThat(COPY.matcher(image).results().map(copy -> copy.group(1)))
                    .containsExactly("/src/usageflow-cli/target/lib", "/own");
            assertThat(dockerfile).contains("mv usageflow-cli/target/usageflow-cli-*.jar /own/\n");
            // Any other stage of the file that ships must add nothing.
            assertThat(dockerfile.strip()).endsWith("\nFROM usageflow");
            Path built = ROOT.resolve("usageflow-cli/target");
            var jars = new ArrayList<Path>();
            try (DirectoryStream<Path> libraries = Files.newDirectoryStream(built.resolve("lib"));
                    DirectoryStream<Path> own = Files.newDirectoryStream(built, "usageflow-cli-*.jar")) {
                libraries.forEach(jars::add);
                own.forEach(jars::add);
            }
            return jars;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<String> entries(Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            return file.stream().map(entry -> entry.getName()).collect(toList());
        }
    }
}
