package io.usageflow.forwarder.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.producer.testkit.RecordingUsagePublisher;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublishRunTest {
    private final RecordingUsagePublisher publisher = new RecordingUsagePublisher();
    private final List<String> problems = new ArrayList<>();
    private final PublishRun run = new PublishRun(publisher, (line, problem) -> problems.add(line + ": " + problem));

    @Test
    void shouldPublishTheGoodLinesAndCountTheOthers() throws Exception {
        PublishRun.Counts counts = run.of(lines("""
                {"id":"1","event_type":"t","account_id":"a"}
                nonsense
                {"id":"2","event_type":"t","account_id":"a","costs":[{"vendor":"v","amount":-1,"currency":"USD"}]}
                {"id":"3","event_type":"t","account_id":"a"}
                """));

        assertThat(counts).isEqualTo(new PublishRun.Counts(2, 2, 0));
        assertThat(counts.complete()).isFalse();
        assertThat(problems).hasSize(2);
        assertThat(problems.get(0)).startsWith("2: is not JSON");
        assertThat(problems.get(1)).startsWith("3: costs[0].amount");
    }

    @Test
    void shouldCountWhatIsNotKnownToBeDurable() throws Exception {
        publisher.failNext(1);

        PublishRun.Counts counts = run.of(lines("""
                {"id":"1","event_type":"t","account_id":"a"}
                {"id":"2","event_type":"t","account_id":"a"}
                """));

        assertThat(counts).isEqualTo(new PublishRun.Counts(1, 0, 1));
        assertThat(problems).singleElement().asString().startsWith("1: ");
    }

    @Test
    void shouldFinishWhatWasReadWhenTheInputBreaks() {
        LineSource good = lines("{\"id\":\"1\",\"event_type\":\"t\",\"account_id\":\"a\"}");
        LineSource breaking = () -> {
            var line = good.next();
            if (line.isEmpty()) {
                throw new IOException("disk gone");
            }
            return line;
        };

        assertThatThrownBy(() -> run.of(breaking))
                .isInstanceOf(IOException.class)
                .hasMessage("disk gone");
        assertThat(publisher.events()).hasSize(1);
    }

    private static LineSource lines(String text) {
        return new JsonLines(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), new LineIds("file", List.of()));
    }
}
