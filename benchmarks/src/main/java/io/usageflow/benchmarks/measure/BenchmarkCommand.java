package io.usageflow.benchmarks.measure;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that all benchmarks have, and what happens to their reports. */
@Command(mixinStandardHelpOptions = true)
public abstract class BenchmarkCommand implements Callable<Integer> {
    /** The memory that a small container would give a side. */
    private static final String JVM = "-Xmx448m";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--quick", description = "Small: shows that it works. Not to be judged by.")
    private boolean quick;

    @Option(names = "--report", required = true, paramLabel = "FILE", description = "Where the JSON goes.")
    private Path file = Path.of("");

    @Option(
            names = "--jvm",
            paramLabel = "OPTIONS",
            defaultValue = JVM,
            description = "JVM options of every side, in one argument (default: ${DEFAULT-VALUE}).")
    private String jvm = JVM;

    /** Runs the benchmark, at full or at reduced size. */
    protected abstract Report measure(boolean quick);

    @Override
    public final Integer call() throws IOException {
        requireWritable();
        Report report = measure(quick);
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), report.json());
        PrintWriter out = spec.commandLine().getOut();
        out.print(report.table());
        out.println("written to " + file);
        out.flush();
        return 0;
    }

    protected final List<String> jvm() {
        return List.of(jvm.strip().split("\\s+"));
    }

    /** The error of a wrong argument. */
    protected final ParameterException refused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Checks it before a run of many minutes. */
    private void requireWritable() {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null || !Files.isWritable(folder)) {
            throw refused("--report is " + file + ", which cannot be written: name a file in a folder that exists");
        }
    }
}
