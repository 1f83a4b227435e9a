package io.usageflow.embedded;

import io.usageflow.embedded.EmbeddedBroker.PortBusyException;
import io.usageflow.embedded.EmbeddedBroker.TemporaryDirectories;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * The embedded broker in a JVM of its own, so that it can be killed or paused. Uses this JVM's java and class path,
 * unless it is to be of another version of Kafka. Dies with this JVM, however that ends. Thread-safe.
 *
 * <p>Its output goes to {@code broker.log} in its directory. If it does not start, the exception has the last lines.
 */
public final class ForkedBroker implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final long POLL_MS = 20;
    private static final int LOG_LINES_SHOWN = 30;
    /** Quick to start and small, which is what tests want; slow under load. */
    private static final List<String> SMALL_JVM = List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Path directory;
    private final boolean temporary;
    private final int port;
    private final List<String> jvm;
    private final String classPath;
    private @Nullable Process process;

    private ForkedBroker(Path directory, boolean temporary, int port, List<String> jvm, String classPath) {
        this.directory = directory;
        this.temporary = temporary;
        this.port = port;
        this.jvm = List.copyOf(jvm);
        this.classPath = classPath;
    }

    /** On a free port, with a temporary directory that is deleted on close. */
    public static ForkedBroker start() {
        return start(EmbeddedBrokerOptions.defaults());
    }

    /**
     * Returns when the broker serves its clients.
     *
     * @throws PortBusyException if the options name a port that something listens on
     */
    public static ForkedBroker start(EmbeddedBrokerOptions options) {
        return start(options, SMALL_JVM);
    }

    /**
     * As {@link #start(EmbeddedBrokerOptions)}, with a JVM of the caller's making.
     *
     * @param jvm its options, such as {@code -Xmx1g}, in place of those that make it small and quick to start
     */
    public static ForkedBroker start(EmbeddedBrokerOptions options, List<String> jvm) {
        return start(options, jvm, System.getProperty("java.class.path"));
    }

    /**
     * As {@link #start(EmbeddedBrokerOptions)}, of another version of Kafka, from 3.9 on.
     *
     * @param kafka the jars of {@code kafka_2.13} in that version and of what it needs
     */
    public static ForkedBroker start(EmbeddedBrokerOptions options, Collection<Path> kafka) {
        String ours;
        try {
            ours = Path.of(ForkedBroker.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the class path of the embedded broker is not a file", e);
        }
        return start(
                options,
                SMALL_JVM,
                Stream.concat(Stream.of(ours), kafka.stream().map(Path::toString))
                        .collect(Collectors.joining(File.pathSeparator)));
    }

    private static ForkedBroker start(EmbeddedBrokerOptions options, List<String> jvm, String classPath) {
        if (options.port() != 0 && !FreePorts.isFree(options.port())) {
            throw new PortBusyException("Kafka broker", options.port());
        }
        ForkedBroker broker = new ForkedBroker(
                options.dataDirectory().orElseGet(TemporaryDirectories::create),
                options.dataDirectory().isEmpty(),
                options.port() == 0 ? FreePorts.any() : options.port(),
                jvm,
                classPath);
        try {
            broker.keep(options.settings());
            broker.restart();
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
        return broker;
    }

    /** For {@code bootstrap.servers}; the same after a restart. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** The broker's process id while it runs. */
    public synchronized long pid() {
        if (process == null) {
            throw new IllegalStateException("the broker does not run");
        }
        return process.pid();
    }

    /** Kills the process (SIGKILL) and returns when it is gone. Does nothing when it does not run. */
    public synchronized void kill() {
        Process running = process;
        process = null;
        if (running != null) {
            running.destroyForcibly();
            awaitEnd(running);
        }
    }

    /** SIGSTOP: it keeps its connections and answers nothing until {@link #resume()}. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT: it continues with what came meanwhile. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
            if (!endsWithin(kill, STOP_LIMIT) || kill.exitValue() != 0) {
                throw new IllegalStateException("the broker's process did not get SIG" + name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("SIG" + name + " could not be sent", e);
        }
    }

    /** Lets the broker shut down in order, and kills it where that takes more than 30 s. */
    public synchronized void stop() {
        Process running = process;
        process = null;
        if (running != null) {
            closeQuietly(running);
            if (!endsWithin(running, STOP_LIMIT)) {
                running.destroyForcibly();
            }
            awaitEnd(running);
        }
    }

    /**
     * Starts the process again on the same port and data, after killing it where it runs. Returns when it serves its
     * clients.
     */
    public synchronized void restart() {
        kill();
        Path ready = directory.resolve(ForkedBrokerMain.READY_FILE);
        Path log = directory.resolve("broker.log");
        try {
            Files.createDirectories(directory);
            Files.deleteIfExists(ready);
            process = new ProcessBuilder(command())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("the broker's process cannot be started in " + directory, e);
        }
        awaitReady(process, ready, log);
    }

    /** Kills the process; a temporary directory is deleted. A second call does nothing. */
    @Override
    public synchronized void close() {
        kill();
        if (temporary) {
            TemporaryDirectories.delete(directory);
        }
    }

    /** In a file, where the process finds them at every restart. */
    private void keep(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.putAll(settings);
        try {
            Files.createDirectories(directory);
            try (OutputStream out = Files.newOutputStream(directory.resolve(ForkedBrokerMain.SETTINGS_FILE))) {
                properties.store(out, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the broker's data directory " + directory + " cannot be written", e);
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.add("-cp");
        command.add(classPath);
        command.add(ForkedBrokerMain.class.getName());
        command.add(directory.toString());
        command.add(Integer.toString(port));
        return command;
    }

    private void awaitReady(Process started, Path ready, Path log) {
        long deadlineNanos = System.nanoTime() + START_LIMIT.toNanos();
        while (!Files.exists(ready)) {
            if (endsWithin(started, Duration.ofMillis(POLL_MS))) {
                process = null;
                throw new IllegalStateException(
                        "the forked broker ended with code " + started.exitValue() + ": " + tail(log));
            }
            if (System.nanoTime() > deadlineNanos) {
                kill();
                throw new IllegalStateException("the forked broker was not ready within " + START_LIMIT.toSeconds()
                        + " s and was killed: " + tail(log));
            }
        }
    }

    private static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(its log " + log + " cannot be read: " + e.getMessage() + ")";
        }
    }

    /** The end of its standard input tells the process to shut down. */
    private static void closeQuietly(Process running) {
        try {
            running.getOutputStream().close();
        } catch (IOException e) {
            // The process has closed the pipe before us: it is ending already.
            running.destroy();
        }
    }

    private static boolean endsWithin(Process running, Duration limit) {
        try {
            return running.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static void awaitEnd(Process running) {
        if (!endsWithin(running, STOP_LIMIT)) {
            throw new IllegalStateException("process " + running.pid() + " survived SIGKILL for "
                    + STOP_LIMIT.toSeconds() + " s: it hangs in the kernel, look at its disk");
        }
    }
}
