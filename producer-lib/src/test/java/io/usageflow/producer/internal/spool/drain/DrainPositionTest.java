package io.usageflow.producer.internal.spool.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.internal.spool.drain.DrainStatus.DrainPosition;
import io.usageflow.producer.internal.spool.drain.DrainStatus.DrainPosition.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainPositionTest {
    @TempDir
    Path folder;

    @Test
    void shouldFindTheLastThatWasSaved() throws IOException {
        save(3);

        assertThat(found()).isEqualTo(new Position(3, 103, 203));
    }

    @Test
    void shouldFindTheOneBeforeWhereTheLastIsTornWhereverThatIs() throws IOException {
        save(3);
        Path file = folder.resolve("progress");
        byte[] sound = Files.readAllBytes(file);
        // The third stands in the second place.
        for (int at = 64; at < 64 + 36; at++) {
            byte[] torn = sound.clone();
            torn[at] ^= 1;
            Files.write(file, torn);

            assertThat(found()).as("byte %s", at).isEqualTo(new Position(2, 102, 202));
        }
    }

    @Test
    void shouldKnowNothingWhereThereIsNothing() throws IOException {
        try (DrainPosition progress = new DrainPosition(folder)) {
            assertThat(progress.found()).isEmpty();
        }
    }

    private void save(int times) throws IOException {
        try (DrainPosition progress = new DrainPosition(folder)) {
            for (int i = 1; i <= times; i++) {
                progress.save(new Position(i, 100 + i, 200 + i));
            }
        }
    }

    private Position found() throws IOException {
        try (DrainPosition progress = new DrainPosition(folder)) {
            return progress.found().orElseThrow();
        }
    }
}
