package io.usageflow.benchmarks.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Each line of the standard input is an order, each line of the standard output the answer to one: {@code ok}, perhaps with
 * more, or {@code failed} and why. Ends with the standard input, so with the parent.
 */
public final class OrderLoop {
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
