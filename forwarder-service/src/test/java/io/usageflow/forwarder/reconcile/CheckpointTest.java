package io.usageflow.forwarder.reconcile;

import static io.usageflow.forwarder.testing.WatchedTopics.AGAIN;
import static io.usageflow.forwarder.testing.WatchedTopics.FIRST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.kafka.LogId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints whose topic was made again. */
class CheckpointTest {
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
        assertThat(kept.inLog(AGAIN)).isEqualTo(checkpoint(AGAIN));
    }

    @Test
    void shouldNotGoOnInAnotherLog() {
        assertThat(checkpoint(FIRST).inLog(FIRST)).isEqualTo(checkpoint(FIRST));
        assertThatThrownBy(() -> checkpoint(FIRST).inLog(AGAIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("receipts would be skipped")
                .hasMessageContaining("to begin at the earliest receipt");
    }
}
