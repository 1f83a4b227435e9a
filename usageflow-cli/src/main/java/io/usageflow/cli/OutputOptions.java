package io.usageflow.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.UncheckedIOException;
import picocli.CommandLine.Option;

/** How a command shows its result: a table for people, or {@code --json} for scripts. */
final class OutputOptions {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Option(
            names = "--json",
            description = "Print JSON for scripts: one document, or one on each line where there may be many.")
    private boolean json;

    boolean json() {
        return json;
    }

    /** A whole document, indented. */
    void document(Terminal terminal, JsonNode node) {
        terminal.sayLines(text(node, true));
    }

    /** One of many, on a line of its own. */
    void line(Terminal terminal, JsonNode node) {
        terminal.say(text(node, false));
    }

    private static String text(JsonNode node, boolean indented) {
        try {
            return indented
                    ? MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(node)
                    : MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
