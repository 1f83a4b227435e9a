package io.usageflow.cli;

import io.usageflow.cli.command.StopSignal;
import io.usageflow.cli.command.Terminal;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** One command as a user runs it, in this JVM, with what it prints. */
public final class CommandRun {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final StopSignal stop = new StopSignal();
    private Map<String, String> environment = Map.of();
    private String in = "";

    public CommandRun with(Map<String, String> variables) {
        environment = variables;
        return this;
    }

    public CommandRun reading(String text) {
        in = text;
        return this;
    }

    public int run(String... args) {
        var terminal = new Terminal(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                environment,
                stop);
        return Main.run(terminal, args);
    }

    public void stop() {
        stop.request();
    }

    public String out() {
        return out.toString();
    }

    public String err() {
        return err.toString();
    }
}
