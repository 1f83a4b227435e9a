package io.usageflow.forwarder.testing;

import io.usageflow.cli.Main;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A command as a process of its own, so that it can be killed like one. Not thread-safe. */
public final class CommandProcess implements AutoCloseable {
    private final Process process;
    private final Path log;

    private CommandProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts the command in a process of its own.
     *
     * @param log takes all that it prints
     */
    public static CommandProcess launch(Path log, String... words) {
        return launch(log, "256m", List.of(), List.of(words));
    }

    /**
     * Starts the command in a process of its own.
     *
     * @param heapMax as {@code -Xmx} takes it
     * @param jars that are added to the class path
     */
    public static CommandProcess launch(Path log, String heapMax, List<Path> jars, List<String> words) {
        return launchOn(
                Stream.concat(
                                Stream.of(System.getProperty("java.class.path")),
                                jars.stream().map(Path::toString))
                        .collect(Collectors.joining(File.pathSeparator)),
                log,
                heapMax,
                words);
    }

    /**
     * As {@link #launch(Path, String, List, List)}, of another version of usageflow.
     *
     * @param classPath of that version alone
     */
    public static CommandProcess launchOn(String classPath, Path log, String heapMax, List<String> words) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMax,
                // Seconds to live: quick to start is better than quick at last.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                // Nobody who is killed removes what is temporary.
                "-Djava.io.tmpdir=" + log.toAbsolutePath().getParent(),
                "-cp",
                classPath,
                Main.class.getName()));
        command.addAll(words);
        try {
            return new CommandProcess(
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start(),
                    log);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL; returns when the process is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGINT, as Ctrl-C sends it. */
    public void interrupt() throws IOException, InterruptedException {
        signal("INT");
    }

    /** As kill does, such as STOP or CONT. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** SIGTERM; as {@link #awaitEnd}. */
    Optional<Integer> terminate(Duration atMost) throws InterruptedException {
        process.destroy();
        return awaitEnd(atMost);
    }

    /** Returns the exit code; empty if the process has not ended in time. */
    public Optional<Integer> awaitEnd(Duration atMost) throws InterruptedException {
        return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)
                ? Optional.of(process.exitValue())
                : Optional.empty();
    }

    /** All that it has printed so far. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Kills it if it still lives. */
    @Override
    public void close() {
        try {
            kill();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
