package io.usageflow.forwarder.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a command knows of the world outside: so that a test can run one as a user does.
 *
 * @param out results
 * @param err progress and problems
 * @param stop ends commands that run until told otherwise
 */
public record Terminal(
        PrintWriter out, PrintWriter err, InputStream in, Map<String, String> environment, StopSignal stop) {
    public Terminal {
        environment = Map.copyOf(environment);
    }

    static Terminal ofProcess() {
        return new Terminal(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                System.in,
                System.getenv(),
                new StopSignal());
    }

    void say(String line) {
        out.println(line);
        out.flush();
    }

    void note(String line) {
        err.println(line);
        err.flush();
    }
}
