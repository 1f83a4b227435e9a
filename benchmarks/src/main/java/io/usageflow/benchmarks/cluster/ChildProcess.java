package io.usageflow.benchmarks.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;

/**
 * A process that runs an {@link OrderLoop}: gives it orders and waits for the answers. Its log goes to a file, whose
 * last lines are in the exception if it fails. Not thread-safe.
 */
public final class ChildProcess implements AutoCloseable {
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(2);
    private static final Duration END_LIMIT = Duration.ofMinutes(1);
    private static final int LOG_LINES_SHOWN = 30;
    private static final String END = "";

    private final String name;
    private final Process process;
    private final Path log;
    private final BufferedWriter orders;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    private ChildProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "answers of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts it with this JVM's class path.
     *
     * @param name for messages
     * @param jvm options of its JVM
     * @param log where it writes what it logs
     */
    public static ChildProcess start(String name, Class<?> main, List<String> arguments, List<String> jvm, Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.addAll(jvm);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(arguments);
        try {
            return new ChildProcess(
                    name,
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start(),
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException("the process of " + name + " cannot be started", e);
        }
    }

    public long pid() {
        return process.pid();
    }

    /**
     * Gives an order and waits for its answer.
     *
     * @return what the answer says besides ok
     * @throws IllegalStateException if the order failed, no answer came in two minutes, or the process has ended
     */
    public String ask(String order) {
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
            return answer.substring("ok".length()).strip();
        } catch (IOException e) {
            throw failed("cannot be reached: " + e.getMessage());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** The same with settings, which the order has as JSON. */
    public String ask(String order, Map<String, String> settings) {
        try {
            return ask(order + " " + new ObjectMapper().writeValueAsString(settings));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the settings of " + name + " cannot be written as JSON", e);
        }
    }

    /** An exception that tells how it failed and what it logged last. */
    public IllegalStateException failed(String how) {
        return new IllegalStateException(name + " " + how + "; its log ends: " + tail());
    }

    /** Kills the process; returns when it is dead. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Ends the process in order, and kills it if that takes more than a minute. */
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

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.add(line);
            }
        } catch (IOException e) {
            // The process is gone; the next order fails.
        }
        answers.add(END);
    }

    private String tail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(its log " + log + " cannot be read: " + e.getMessage() + ")";
        }
    }

    /**
     * Each line of the standard input is an order, each line of the standard output the answer to one: {@code ok},
     * perhaps with more, or {@code failed} and why. Ends with the standard input, so with the parent.
     */
    public static final class OrderLoop {
        private OrderLoop() {}

        /** Carries out the orders; used by one thread. */
        public interface Handler {
            /**
             * Carries out an order.
             *
             * @param order its first word
             * @param rest what stands behind it; empty if nothing does
             * @return what the answer says besides ok, on one line
             * @throws RuntimeException to be answered as failed
             */
            String handle(String order, String rest) throws IOException;

            /** Stops; no more orders will come. */
            default void stop() {}
        }

        /** Ends the JVM when the input ends. */
        public static void run(Handler program) throws IOException {
            PrintStream answers = System.out;
            // Other output must not look like an answer.
            System.setOut(System.err);
            BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                answers.println(answer(program, order));
                answers.flush();
            }
            program.stop();
            System.exit(0);
        }

        private static String answer(Handler program, String line) {
            try {
                String[] words = line.split(" ", 2);
                return ("ok " + program.handle(words[0], words.length > 1 ? words[1] : "")).strip();
            } catch (IOException | RuntimeException failure) {
                failure.printStackTrace();
                return "failed " + failure.toString().replace('\n', ' ');
            }
        }
    }

    /** A file of times in microseconds of the epoch, by which one process gives them to another. */
    public static final class MicrosFile {
        private MicrosFile() {}

        public static void write(Path file, long[] micros) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(micros.length * Long.BYTES);
            bytes.asLongBuffer().put(micros);
            Files.write(file, bytes.array());
        }

        /** Reads the first times of a file. */
        public static long[] read(Path file, int count) {
            try {
                long[] micros = new long[count];
                ByteBuffer.wrap(Files.readAllBytes(file)).asLongBuffer().get(micros);
                return micros;
            } catch (IOException e) {
                throw new UncheckedIOException("the times in " + file + " cannot be read", e);
            }
        }

        /** Microseconds of the epoch by the clock that all processes of one machine share. */
        public static long now() {
            return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        }
    }
}
