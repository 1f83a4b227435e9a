package io.usageflow.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * The last gate before a person's terminal: whatever text a command or a log line holds, nothing hidden gets out and no line
 * is forged. Siblings: results, problems, tables, JSON documents and lines, stack traces, log messages, logged exceptions
 * with causes. {@code VisibleTextTest} has the table of characters.
 */
class ForeignTextProperties {
    private static final Pattern HIDDEN =
            Pattern.compile("[[\\p{Cc}&&[^\\n\\t]]\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}[\\p{Zs}&&[^ ]]]");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Property(tries = 300)
    void shouldPrintOneHarmlessLine(@ForAll @From("texts") String text) {
        for (Consumer<Terminal> print : List.<Consumer<Terminal>>of(
                terminal -> terminal.say("event " + text),
                terminal -> terminal.note("usageflow: " + text),
                new Table("A", "B").row(text, 1)::print,
                terminal -> new OutputOptions()
                        .line(terminal, JsonNodeFactory.instance.objectNode().put("a", text)))) {
            String printed = printed(print);

            assertThat(printed.lines().filter(line -> !line.equals("A  B") && !line.matches("A +B")))
                    .hasSize(1);
            assertThat(printed).doesNotContainPattern(HIDDEN).doesNotContain("\t");
        }
    }

    @Property(tries = 300)
    void shouldPrintJsonOfTheSameValue(@ForAll @From("texts") String text) throws JsonProcessingException {
        // Halves of surrogate pairs do not exist in UTF-8, which is what records and answers are read from.
        String readable = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        var node = JsonNodeFactory.instance.objectNode().put(readable, readable);

        String document = printed(terminal -> new OutputOptions().document(terminal, node));
        String line = printed(terminal -> new OutputOptions().line(terminal, node));

        assertThat(document).doesNotContainPattern(HIDDEN);
        assertThat(JSON.readTree(document)).isEqualTo(node);
        assertThat(JSON.readTree(line)).isEqualTo(node);
    }

    @Property(tries = 300)
    void shouldLogOneHarmlessLineForEachMessage(@ForAll @From("texts") String text) throws JoranException {
        String message = logged(text, null);

        assertThat(message).doesNotContainPattern(HIDDEN).doesNotContain("\t");
        assertThat(message.lines()).hasSize(1);

        var failure = new IllegalStateException(text, new RuntimeException(text));
        failure.addSuppressed(new RuntimeException(text));
        assertThat(logged("failed", failure)).doesNotContainPattern(HIDDEN);
        assertThat(logged("failed", failure).lines().skip(1))
                .allMatch(line -> line.matches("\\s*(at |\\.\\.\\. |(Caused by: |Suppressed: )?java\\.lang\\.).*"));
    }

    /** With the file that the command line uses, in a context of its own. */
    private static String logged(String message, Throwable failure) throws JoranException {
        var context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(ForeignTextProperties.class.getResource("/usageflow-logback.xml"));
        try {
            var written = new ByteArrayOutputStream();
            var console = (OutputStreamAppender<ILoggingEvent>)
                    context.getLogger("ROOT").getAppender("STDERR");
            console.setOutputStream(written);
            context.getLogger("io.usageflow").warn("{}", message, failure);
            return written.toString(StandardCharsets.UTF_8);
        } finally {
            context.stop();
        }
    }

    private static String printed(Consumer<Terminal> print) {
        var out = new StringWriter();
        print.accept(new Terminal(
                new PrintWriter(out), new PrintWriter(out), InputStream.nullInputStream(), Map.of(), new StopSignal()));
        return out.toString();
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<Character> hostile = Arbitraries.of(
                ' ', '"', '\\', '\n', '\r', '\t', '\u001b', '\u0085', '\u009b', '\u009d', '\u202e', '\u2028', '\u200b',
                '\u00a0', '\ud83d', '\udc4d');
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(1, Arbitraries.chars().all()),
                        net.jqwik.api.Tuple.of(3, hostile),
                        net.jqwik.api.Tuple.of(2, Arbitraries.chars().ascii()))
                .list()
                .ofMinSize(1)
                .ofMaxSize(40)
                .map(chars -> {
                    var text = new StringBuilder();
                    chars.forEach(text::append);
                    return text.toString();
                });
    }
}
