package io.usageflow.cli.demo;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Logging;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.cli.demo.DemoReport.DemoTable;
import io.usageflow.cli.dev.DevOptions;
import io.usageflow.forwarder.json.ReportJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code usageflow demo}: the whole pipeline on real or generated usage, and whether the books agree in the end. */
@Command(
        name = "demo",
        description = {
            "Run the whole pipeline in this process and prove that it keeps its promises: a broker, a registry, the"
                    + " forwarder and a Credyt stand-in. Publishes a trace of model requests with"
                    + " repeats, contradictions,"
                    + " poison, events before their link, unknown customers and an outage of Credyt, then compares what"
                    + " was published, its outcome, and what the stand-in charged with what the input says.",
            "Exit code 0 only if all figures agree and every line of the input could be read."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow demo",
            "  usageflow demo --input trace.csv --report report.json",
            "  usageflow demo --events 2000 --speed 60 --keep"
        })
public final class DemoCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description =
                    "A trace in Azure's LLM trace format (TIMESTAMP,ContextTokens,GeneratedTokens); may be repeated."
                            + " Without one, a trace of that kind is generated.")
    private List<Path> inputs = List.of();

    @Option(
            names = "--events",
            paramLabel = "N",
            description = "How many requests at most; " + DemoOptions.GENERATED_EVENTS
                    + " of a generated trace, all of a given one.")
    private @Nullable Integer events;

    @Option(
            names = "--accounts",
            paramLabel = "N",
            description = "Customers, the k-th with a share of 1/k; ${DEFAULT-VALUE} by default.")
    private int accounts = DemoOptions.ACCOUNTS;

    @Option(
            names = "--speed",
            paramLabel = "X|max",
            description = "X times as fast as the trace, or as fast as it goes; ${DEFAULT-VALUE} by default.")
    private String speed = "max";

    @Option(names = "--report", paramLabel = "FILE", description = "Write the result there as JSON.")
    private @Nullable Path report;

    @Option(names = "--keep", description = "Leave everything running after the result, until Ctrl-C.")
    private boolean keep;

    public DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        DevOptions.requireEmbeddedParts("demo");
        if (!spec.findOption("--verbose").<Boolean>getValue()) {
            Logging.onlyProblems();
        }
        var options = new DemoOptions(
                inputs, events == null ? OptionalInt.empty() : OptionalInt.of(events), accounts, speedOf(speed));
        DemoTrace trace = options.trace();
        trace.badLines().forEach(bad -> terminal.note("left out: " + bad));
        if (report != null) {
            // Fail before the run, not after it, if the file cannot be written.
            Files.writeString(report, "");
        }
        terminal.stop().onProcessEnd();
        terminal.note("starting a broker, a registry, the forwarder and a Credyt stand-in");
        try (Demo demo = Demo.start(accounts)) {
            DemoReport result = demo.run(trace, options, terminal::note);
            terminal.sayLines(DemoTable.of(result));
            if (report != null) {
                Files.writeString(report, ReportJson.indented(result));
            }
            int exitCode = conclude(result);
            if (keep) {
                terminal.say("Everything keeps running; Ctrl-C ends it.");
                demo.addresses().forEach(terminal::say);
                terminal.stop().await();
            }
            return exitCode;
        }
    }

    private int conclude(DemoReport result) {
        result.disagreements().forEach(what -> terminal.note("DISAGREES  " + what));
        if (!result.agrees()) {
            terminal.say("The books do not agree; the differences are listed above.");
            return ExitCode.PROBLEMS;
        }
        terminal.say("Everything agrees: %,d requests, each billed once, in %.1f s."
                .formatted(result.expected().events(), result.seconds()));
        if (!result.badLines().isEmpty()) {
            terminal.say("Lines of the input that could not be read: %,d; they are named above."
                    .formatted(result.badLines().size()));
            return ExitCode.PROBLEMS;
        }
        return ExitCode.OK;
    }

    private static OptionalDouble speedOf(String text) {
        if (text.equals("max")) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of(Double.parseDouble(text));
        } catch (NumberFormatException notANumber) {
            throw new WrongUsageException("--speed is " + text + ": use max, or a number above 0", notANumber);
        }
    }
}
