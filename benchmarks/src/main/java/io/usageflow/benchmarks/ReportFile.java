package io.usageflow.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where the JSON goes. */
final class ReportFile {
    @Option(names = "--report", required = true, paramLabel = "FILE", description = "Where the JSON goes.")
    private Path file = Path.of("");

    /** Before a run of many minutes. @throws ParameterException where the file could not be written */
    void requireWritable(CommandSpec command) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null || !Files.isWritable(folder)) {
            throw new ParameterException(
                    command.commandLine(),
                    "--report is " + file + ", which cannot be written: name a file in a folder that exists");
        }
    }

    void write(ObjectNode json, PrintWriter out) throws IOException {
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), json);
        out.println("written to " + file);
        out.flush();
    }
}
