package io.usageflow.benchmarks.side;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The process of one side, seen from the benchmark: gives it orders and waits for the answers. Its log goes to a file,
 * whose last lines are in the exception where it fails. Not thread-safe.
 */
public final class SideProcess implements AutoCloseable {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(120);
    private static final Duration READY_LIMIT = Duration.ofMinutes(5);
    private static final Duration END_LIMIT = Duration.ofSeconds(60);
    private static final long POLL_MS = 50;
    private static final int LOG_LINES_SHOWN = 30;
    private static final String END = "";

    private final SideKind kind;
    private final Process process;
    private final Path log;
    private final BufferedWriter orders;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    private SideProcess(SideKind kind, Process process, Path log) {
        this.kind = kind;
        this.process = process;
        this.log = log;
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "answers of " + kind.word());
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts the process; it has nothing to do yet.
     *
     * @param jvm options of its JVM
     * @param log where it writes what it logs
     */
    public static SideProcess start(SideKind kind, List<String> jvm, Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.addAll(jvm);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(SideMain.class.getName());
        command.add(kind.word());
        try {
            return new SideProcess(
                    kind,
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start(),
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException("the process of side " + kind.word() + " cannot be started", e);
        }
    }

    public long pid() {
        return process.pid();
    }

    /** Starts its program, and returns when events flow through it. */
    public void startProgram(Map<String, String> settings) {
        try {
            ask("start " + new ObjectMapper().writeValueAsString(settings));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the settings of side " + kind.word() + " are no JSON", e);
        }
        long deadlineNanos = System.nanoTime() + READY_LIMIT.toNanos();
        while (ask("ready") != 1) {
            if (System.nanoTime() > deadlineNanos) {
                throw failed("is not ready after " + READY_LIMIT.toSeconds() + " s");
            }
            pause();
        }
    }

    /** Throws where its program has ended. */
    public void requireAlive() {
        ask("ready");
    }

    /** Events that came out since its program started; below 0 where it does not count them. */
    public long forwarded() {
        return ask("forwarded");
    }

    /** Ids it has forgotten since its program started, because their window was over; below 0 where it counts none. */
    public long forgotten() {
        return ask("forgotten");
    }

    /** Stops its program in order; the process stays. */
    public void stopProgram() {
        ask("stop");
    }

    /** Ends the process in order, and kills it where that takes more than a minute. */
    @Override
    public void close() {
        try {
            orders.close();
            if (!process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new InterruptException(e);
        }
    }

    private long ask(String order) {
        try {
            orders.write(order);
            orders.newLine();
            orders.flush();
            String answer = answers.poll(ANSWER_LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (answer == null) {
                throw failed("did not answer within " + ANSWER_LIMIT.toSeconds() + " s");
            }
            if (answer.equals(END)) {
                throw failed("has ended");
            }
            if (!answer.startsWith("ok")) {
                throw failed(answer);
            }
            String number = answer.substring("ok".length()).strip();
            return number.isEmpty() ? 0 : Long.parseLong(number);
        } catch (IOException e) {
            throw failed("cannot be reached: " + e.getMessage());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.add(line);
            }
        } catch (IOException e) {
            // The process is gone; whoever asks next is told so.
        }
        answers.add(END);
    }

    private IllegalStateException failed(String how) {
        return new IllegalStateException("side " + kind.word() + " " + how + "; its log ends: " + tail());
    }

    private String tail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(its log " + log + " cannot be read: " + e.getMessage() + ")";
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
