package io.usageflow.cli.command;

import java.util.List;

/** The exit codes of the process. */
public final class ExitCode {
    public static final int OK = 0;

    /** The work was done, with problems that were reported. */
    public static final int PROBLEMS = 1;

    /** Wrong options or settings: nothing was begun. */
    public static final int USAGE = 2;

    /** What the command needs is not there: Kafka, registry, Credyt, topics, a port, the network. */
    public static final int UNREACHABLE = 3;

    /** A stage died, or an unforeseen error: start again, and report it. */
    public static final int FAULT = 4;

    /** For the help of every command. */
    public static final List<String> LIST = List.of(
            "0:done",
            "1:done, with problems that were reported",
            "2:wrong options or settings; nothing was begun",
            "3:Kafka, the registry, Credyt, a topic or a port is not there",
            "4:a stage died, or an unforeseen error");

    private ExitCode() {}
}
