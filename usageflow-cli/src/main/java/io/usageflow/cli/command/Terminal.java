package io.usageflow.cli.command;

import io.usageflow.schema.text.VisibleText;
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

    public static Terminal ofProcess() {
        return new Terminal(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                System.in,
                System.getenv(),
                new StopSignal());
    }

    /** One line of the result, whatever it holds. */
    public void say(String line) {
        print(out, VisibleText.line(line));
    }

    /** Several lines of our own, such as a JSON document: foreign text in them has no line feed. */
    public void sayLines(String lines) {
        print(out, VisibleText.lines(lines.replace(System.lineSeparator(), "\n")));
    }

    /** One line of progress or of a problem, whatever it holds. */
    public void note(String line) {
        print(err, VisibleText.line(line));
    }

    /** Several lines for {@link #note}, such as a stack trace; tabs are blanks. */
    public void noteLines(String lines) {
        print(err, VisibleText.lines(lines.replace(System.lineSeparator(), "\n").replace("\t", "    ")));
    }

    private static void print(PrintWriter to, String text) {
        to.println(text);
        to.flush();
    }
}
