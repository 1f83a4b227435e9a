package io.usageflow.forwarder;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Reads the sources: foreign text passes through {@link io.usageflow.schema.text.VisibleText} on its way to people. */
class ForeignTextScanTest {
    private static final List<String> MODULES = List.of(
            "schemas",
            "producer-lib",
            "producer-spring-boot-starter",
            "forwarder-service",
            "usageflow-cli",
            "credyt-sandbox");

    private static final Pattern LOG_CALL =
            Pattern.compile("\\bLOG\\.(?:debug|info|warn|error)\\((.*?)\\);", Pattern.DOTALL);
    private static final Pattern TEXT_LITERAL = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");

    /** Names and calls that hold what a record, an answer or a library's exception says. */
    private static final Pattern FOREIGN = Pattern.compile(
            "getMessage\\(\\)|toString\\(\\)|\\b(account|customer|vendor|why|because|detail|excerpt|body|warning|subject"
                    + "|getId|getEventId|getEventType|getAccountId|eventId|eventType|header)\\b");

    @Test
    void shouldLogForeignTextVisibly() throws IOException {
        var bare = new ArrayList<String>();
        for (Path file : sources()) {
            Matcher calls = LOG_CALL.matcher(Files.readString(file));
            while (calls.find()) {
                // A throwable as the last argument is shown by the application's logging.
                String arguments = TEXT_LITERAL.matcher(calls.group(1)).replaceAll("_");
                for (String argument : split(arguments)) {
                    if (FOREIGN.matcher(argument).find() && !argument.contains("VisibleText.")) {
                        bare.add(file.getFileName() + ": " + argument.strip());
                    }
                }
            }
        }
        assertThat(bare)
                .as("logged as they are: use VisibleText.logged for values, VisibleText.of inside sentences")
                // Our own name of the subject: topic and "-value".
                .containsExactlyInAnyOrder("SchemaRegistries.java: subject");
    }

    @Test
    void shouldEscapeInOnePlaceOnly() throws IOException {
        assertThat(sources().stream().filter(file -> contains(file, "\\p{Cntrl}")))
                .as("home-made escaping: use VisibleText")
                .isEmpty();
    }

    @Test
    void shouldPrintThroughTheTerminalOnly() throws IOException {
        List<String> printers = sources().stream()
                .filter(file -> file.toString().contains("/forwarder/")
                        || file.toString().contains("/usageflow/cli/"))
                .filter(file -> contains(file, "terminal.out()")
                        || contains(file, "terminal.err()")
                        || contains(file, "System.out")
                        || contains(file, "System.err")
                        || contains(file, "printStackTrace("))
                .map(file -> file.getFileName().toString())
                .collect(toList());

        // Main hands the streams to picocli for help texts; StopSignal speaks while the process ends, in words of its
        // own.
        assertThat(printers).containsExactlyInAnyOrder("Terminal.java", "Main.java", "StopSignal.java");
    }

    private static List<String> split(String arguments) {
        var parts = new ArrayList<String>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < arguments.length(); i++) {
            char c = arguments.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                parts.add(arguments.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(arguments.substring(from));
        return parts;
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    private static List<Path> sources() throws IOException {
        var files = new ArrayList<Path>();
        for (String module : MODULES) {
            try (Stream<Path> tree = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                tree.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
            }
        }
        assertThat(files).hasSizeGreaterThan(400);
        return files;
    }
}
