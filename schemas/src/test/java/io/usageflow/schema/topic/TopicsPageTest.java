package io.usageflow.schema.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.schema.topic.Topics.TopicSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code docs/topics.md} has every topic, with the partitions and the cleanup that the code asks for. */
class TopicsPageTest {
    // Tests run in the module's folder.
    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern VALUE = Pattern.compile("- Value: `(\\w+)`");

    private static List<TopicSpec> specs() {
        return Topics.withDefaultPrefix().specs(24, Duration.ofDays(35));
    }

    private static String page() throws IOException {
        return Files.readString(DOCS.resolve("topics.md"));
    }

    private static String section(TopicSpec topic) throws IOException {
        String heading = "\n## `" + topic.name() + "`\n";
        String page = page();
        assertThat(page).contains(heading);
        String rest = page.substring(page.indexOf(heading) + heading.length());
        return rest.substring(0, rest.indexOf("\n## "));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void shouldHaveEachTopicAsTheCodeSaysIt(TopicSpec topic) throws IOException {
        String section = section(topic);

        assertThat(section)
                .contains("- Partitions: " + (topic.copartitioned() ? "by account" : topic.partitions()) + ".")
                .contains("- Cleanup: " + cleanup(topic))
                .contains("- Key: ", "- Value: ", "- Headers: ", "- Written by: ", "- Read by: ");
        assertThat(section.contains("- Largest record: 4 MiB"))
                .isEqualTo(topic.settings().containsKey("max.message.bytes"));
        var value = VALUE.matcher(section);
        assertThat(value.find()).isTrue();
        assertThat(Path.of("src", "main", "avro", value.group(1) + ".avsc")).isRegularFile();
    }

    private static String cleanup(TopicSpec topic) {
        String retention = topic.settings().get("retention.ms");
        return retention == null
                ? "compact"
                : "delete after " + Duration.ofMillis(Long.parseLong(retention)).toDays() + " days";
    }

    @Test
    void shouldHaveNoTopicBesides() throws IOException {
        assertThat(Pattern.compile("(?m)^## `([^`]+)`$")
                        .matcher(page())
                        .results()
                        .map(found -> found.group(1)))
                .containsExactlyElementsOf(specs().stream().map(TopicSpec::name).toList());
    }

    @Test
    void shouldHaveTheChangelogsOfThePublicSurface() throws IOException {
        List<String> changelogs = Files.readAllLines(DOCS.resolve("public-surface.txt")).stream()
                .filter(line -> line.startsWith("changelog "))
                .map(line -> "- `" + line.substring("changelog ".length()) + "`:")
                .toList();

        assertThat(changelogs).isNotEmpty();
        assertThat(page()).contains(changelogs);
    }
}
