package io.usageflow.forwarder.reconcile;

import static io.usageflow.forwarder.testing.WatchedTopics.AGAIN;
import static io.usageflow.forwarder.testing.WatchedTopics.FIRST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.schema.topic.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Places in Kafka that reconciliation keeps, after their topic was made again. */
class KeptPlacesTest {
    private static final Topics TOPICS = Topics.withDefaultPrefix();

    @TempDir
    Path folder;

    private static Checkpoint checkpoint(LogId log) {
        return new Checkpoint(
                "job",
                "command",
                Instant.EPOCH,
                Instant.EPOCH.plusSeconds(1),
                new Checkpoint.Progress(Map.of(0, 0L), Map.of(0, 7L), Map.of(0, 9L), log),
                0,
                JsonNodeFactory.instance.objectNode());
    }

    @Test
    void shouldKeepTheLogWithTheOffsets() {
        Path file = folder.resolve("report.csv.checkpoint");
        checkpoint(FIRST).write(file);

        assertThat(Checkpoint.read(file)).contains(checkpoint(FIRST));
    }

    @Test
    void shouldReadWhatAnEarlierVersionWroteAndAdoptTheLog() throws Exception {
        Path file = folder.resolve("report.csv.checkpoint");
        checkpoint(FIRST).write(file);
        var mapper = new ObjectMapper();
        ObjectNode json = (ObjectNode) mapper.readTree(file.toFile());
        json.remove("log");
        Files.write(file, mapper.writeValueAsBytes(json));

        Checkpoint kept = Checkpoint.read(file).orElseThrow();

        assertThat(kept).isEqualTo(checkpoint(LogId.UNKNOWN));
        assertThat(Start.inSameLog(kept, AGAIN)).isEqualTo(checkpoint(AGAIN));
    }

    @Test
    void shouldNotGoOnInAnotherLog() {
        assertThat(Start.inSameLog(checkpoint(FIRST), FIRST)).isEqualTo(checkpoint(FIRST));
        assertThatThrownBy(() -> Start.inSameLog(checkpoint(FIRST), AGAIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("receipts would be skipped")
                .hasMessageContaining("to begin at the earliest receipt");
    }

    @Test
    void shouldNotTakeARepairOfATopicThatWasMadeAgainForTheSame() {
        String first = RepairWriter.id(TOPICS, new Subject.Place(0, 7, FIRST.topic()));

        assertThat(RepairWriter.id(TOPICS, new Subject.Place(0, 7, FIRST.topic())))
                .isEqualTo(first);
        assertThat(RepairWriter.id(TOPICS, new Subject.Place(0, 7, AGAIN.topic())))
                .isNotEqualTo(first);
        assertThat(RepairWriter.id(TOPICS, new Subject.Place(0, 7)))
                .as("what it always was, where the topic's id is unknown")
                .isEqualTo("reconcile-eba98edb-6ccb-5c54-a0e0-b8504e401fde");
    }
}
