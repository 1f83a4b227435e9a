package io.usageflow.forwarder.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The forwarder, or another command, as a process of its own, so that it can be stopped and killed like one. Not thread-safe. */
public final class ForwarderProcess implements AutoCloseable {
    private static final Pattern ADMIN = Pattern.compile("forwarder runs: (\\S+)/health/ready");
    private static final String HEAP_MAX = "512m";
    private static final int LOG_TAIL_CHARS = 6_000;

    private final CommandProcess process;

    private ForwarderProcess(CommandProcess process) {
        this.process = process;
    }

    /**
     * Returns at once, when the process has been launched.
     *
     * @param log takes all that it prints
     * @param settings as {@code --set} takes them; the admin server gets a free port unless they say otherwise
     */
    public static ForwarderProcess launch(Path log, Map<String, String> settings) {
        return launch(log, List.of(), settings);
    }

    /**
     * As {@link #launch(Path, Map)}.
     *
     * @param jars that are added to the class path
     */
    public static ForwarderProcess launch(Path log, List<Path> jars, Map<String, String> settings) {
        return new ForwarderProcess(CommandProcess.launch(log, HEAP_MAX, jars, arguments(settings)));
    }

    /**
     * As {@link #launch(Path, Map)}, of another version of usageflow.
     *
     * @param classPath of that version alone
     */
    public static ForwarderProcess launchOn(String classPath, Path log, Map<String, String> settings) {
        return new ForwarderProcess(CommandProcess.launchOn(classPath, log, HEAP_MAX, arguments(settings)));
    }

    private static List<String> arguments(Map<String, String> settings) {
        List<String> arguments = new ArrayList<>(List.of("forwarder"));
        Map<String, String> all =
                new TreeMap<>(Map.of("admin.port", "0", "admin.page.max.age", "0s", "start.timeout", "2m"));
        all.putAll(settings);
        all.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        return arguments;
    }

    /** Any command of the command line. */
    public static ForwarderProcess launch(Path log, List<String> arguments) {
        return new ForwarderProcess(CommandProcess.launch(log, HEAP_MAX, List.of(), arguments));
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGSTOP: it keeps its connections and does nothing until {@link #resume()}. */
    public void pause() throws IOException, InterruptedException {
        process.signal("STOP");
    }

    /** SIGCONT. */
    public void resume() throws IOException, InterruptedException {
        process.signal("CONT");
    }

    /** SIGKILL; returns when the process is gone. */
    public void kill() throws InterruptedException {
        process.kill();
    }

    /**
     * SIGTERM; returns when the process has ended.
     *
     * @return its exit code; empty where it had not ended in time
     */
    public Optional<Integer> terminate(Duration atMost) throws InterruptedException {
        return process.terminate(atMost);
    }

    /** Returns the exit code; empty if the process has not ended in time. */
    public Optional<Integer> awaitEnd(Duration atMost) throws InterruptedException {
        return process.awaitEnd(atMost);
    }

    /** All that it has printed so far. */
    public String log() {
        return process.log();
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
        process.close();
    }
}
