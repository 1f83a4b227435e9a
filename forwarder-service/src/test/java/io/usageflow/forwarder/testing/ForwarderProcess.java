package io.usageflow.forwarder.testing;

import io.usageflow.forwarder.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The forwarder, or another command, as a process of its own, so that it can be stopped and killed like one. Not thread-safe. */
public final class ForwarderProcess implements AutoCloseable {
    private static final Pattern ADMIN = Pattern.compile("forwarder runs: (\\S+)/health/ready");
    private static final int LOG_TAIL_CHARS = 6_000;

    private final Process process;
    private final Path log;

    private ForwarderProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Returns at once, when the process has been launched.
     *
     * @param log takes all that it prints
     * @param settings as {@code --set} takes them; the admin server gets a free port unless they say otherwise
     */
    public static ForwarderProcess launch(Path log, Map<String, String> settings) {
        List<String> arguments = new ArrayList<>(List.of("forwarder"));
        Map<String, String> all = new TreeMap<>(Map.of("admin.port", "0", "start.timeout", "2m"));
        all.putAll(settings);
        all.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        return launch(log, arguments);
    }

    /** Any command of the command line. */
    public static ForwarderProcess launch(Path log, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                // Seconds to live: quick to start is better than quick at last.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new ForwarderProcess(process, log);
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

    /**
     * SIGTERM; returns when the process has ended.
     *
     * @return its exit code; empty where it had not ended in time
     */
    public Optional<Integer> terminate(Duration atMost) throws InterruptedException {
        process.destroy();
        return awaitEnd(atMost);
    }

    /** @return the exit code; empty where the process has not ended in time */
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

    /** The end of the log, for the description of an assertion. */
    public String logTail() {
        String all = log();
        return all.substring(Math.max(0, all.length() - LOG_TAIL_CHARS));
    }

    /** Where it serves health and metrics; empty until it says so. */
    public Optional<String> adminUrl() {
        Matcher matcher = ADMIN.matcher(log());
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
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
