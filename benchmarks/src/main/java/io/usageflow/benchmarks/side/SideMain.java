package io.usageflow.benchmarks.side;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * A side's process. Each line of its standard input is an order, each line of its standard output the answer to one:
 * {@code ok}, perhaps with a number, or {@code failed} and why. It ends with its standard input, so with its parent.
 *
 * <p>Orders: {@code start} and the settings as JSON; {@code ready} (1 or 0); {@code forwarded}; {@code forgotten};
 * {@code stop}.
 */
final class SideMain {
    private SideMain() {}

    /** Argument: the kind's word. */
    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        // Whatever prints besides must not look like an answer.
        System.setOut(System.err);
        SideProgram program = SideKind.valueOf(args[0].toUpperCase(Locale.ROOT).replace('-', '_'))
                .program();
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            answers.println(answer(program, order));
            answers.flush();
        }
        program.stop();
        System.exit(0);
    }

    private static String answer(SideProgram program, String order) {
        try {
            return obey(program, order);
        } catch (IOException | RuntimeException failure) {
            failure.printStackTrace();
            return "failed " + failure.toString().replace('\n', ' ');
        }
    }

    private static String obey(SideProgram program, String order) throws IOException {
        String[] words = order.split(" ", 2);
        switch (words[0]) {
            case "start" -> {
                Map<String, String> given =
                        new ObjectMapper().readValue(words[1], new TypeReference<Map<String, String>>() {});
                program.start(Settings.load(ConfigSources.none().with(given, "benchmark")));
                return "ok";
            }
            case "ready" -> {
                program.requireAlive();
                return "ok " + (program.ready() ? 1 : 0);
            }
            case "forwarded" -> {
                return "ok " + program.forwarded();
            }
            case "forgotten" -> {
                return "ok " + program.forgotten();
            }
            case "stop" -> {
                program.stop();
                return "ok";
            }
            default -> throw new IllegalArgumentException("unknown order " + words[0]);
        }
    }
}
