package io.usageflow.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.status.Status;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.schema.text.VisibleText;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLogTest {
    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("io.usageflow.Example");
    private final JsonLog encoder = new JsonLog();

    @Test
    void shouldMakeFieldsOfKeysAndValues() {
        assertThat(JsonLog.fields("event=assigned partitions=[a-0, a-1] n=3 why=\"a \\\"b\\\" c=d\" last="))
                .hasValue(Map.of(
                        "event", "assigned",
                        "partitions", "[a-0, a-1]",
                        "n", "3",
                        "why", "a \"b\" c=d",
                        "last", ""));
        assertThat(JsonLog.fields("event=without_end why=\"a b"))
                .hasValue(Map.of("event", "without_end", "why", "a b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Kafka went away", "x event=late", "event=\"a\" b c", "event=\"a\"  b=1", ""})
    void shouldTakeNoOtherFormApart(String message) {
        assertThat(JsonLog.fields(message)).isEmpty();
    }

    /** Whatever the value holds, it is one field, and no other is forged. */
    @Property
    void shouldGiveBackWhatWasLogged(@ForAll String value, @ForAll String other) {
        assertThat(JsonLog.fields("event=e a=" + VisibleText.logged(value) + " b=" + VisibleText.logged(other)))
                .hasValue(Map.of("event", "e", "a", VisibleText.of(value), "b", VisibleText.of(other)));
    }

    @Test
    void shouldWriteOneObjectOnALine() throws Exception {
        JsonNode line =
                written("event=thread_died level=3 thread={}", new IllegalStateException("a\nforged line"), "x");

        assertThat(line.path("level").asText()).isEqualTo("WARN");
        assertThat(line.path("logger").asText()).isEqualTo("io.usageflow.Example");
        assertThat(line.path("event").asText()).isEqualTo("thread_died");
        assertThat(line.path("event_level").asText())
                .as("the line's own level stays")
                .isEqualTo("3");
        assertThat(line.path("thread").asText()).isEqualTo("x");
        assertThat(line.path("error").asText())
                .contains("IllegalStateException", "a\\u000Aforged line")
                .contains("JsonLogTest");
        assertThat(line.path("time").asText()).endsWith("Z");
        assertThat(line.has("message")).isFalse();
    }

    @Test
    void shouldKeepOtherMessagesWhole() throws Exception {
        JsonNode line = written("Kafka says {}", null, "\u001b[2J \"x\"\n{}");

        assertThat(line.path("message").asText()).isEqualTo("Kafka says \u001b[2J \"x\"\n{}");
        assertThat(line.has("event")).isFalse();
        assertThat(line.has("error")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"JSON, io.usageflow.cli.command.JsonLog", "STDERR, ch.qos.logback.classic.encoder.PatternLayoutEncoder"
    })
    void shouldBeChosenByTheFormat(String appender, String expected) throws Exception {
        context.putProperty("usageflow.log.appender", appender);
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(JsonLogTest.class.getResource("/usageflow-logback.xml"));

        var attached =
                (ConsoleAppender<?>) context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(appender);
        assertThat(attached.getEncoder().getClass().getName()).isEqualTo(expected);
        assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders())
                .toIterable()
                .hasSize(1);
        // Logback prints all that it did if there is a warning.
        assertThat(context.getStatusManager().getCopyOfStatusList()).noneMatch(told -> told.getLevel() > Status.INFO);
        context.stop();
    }

    private JsonNode written(String message, Throwable thrown, Object... arguments) throws Exception {
        encoder.setContext(context);
        encoder.start();
        var event = new LoggingEvent(JsonLogTest.class.getName(), logger, Level.WARN, message, thrown, arguments);
        String line = new String(encoder.encode(event), UTF_8);
        assertThat(line).endsWith("\n");
        assertThat(line.strip().lines()).hasSize(1);
        return new ObjectMapper().readTree(line);
    }
}
