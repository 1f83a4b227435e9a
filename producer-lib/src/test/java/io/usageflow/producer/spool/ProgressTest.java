package io.usageflow.producer.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.spool.Progress.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressTest {
    @TempDir
    Path folder;

    @Test
    void shouldFindTheLastThatWasSaved() throws IOException {
        save(3);

        assertThat(found()).isEqualTo(new Mark(3, 103, 203));
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

            assertThat(found()).as("byte %s", at).isEqualTo(new Mark(2, 102, 202));
        }
    }

    @Test
    void shouldKnowNothingWhereThereIsNothing() throws IOException {
        try (Progress progress = new Progress(folder)) {
            assertThat(progress.found()).isEmpty();
        }
    }

    private void save(int times) throws IOException {
        try (Progress progress = new Progress(folder)) {
            for (int i = 1; i <= times; i++) {
                progress.save(new Mark(i, 100 + i, 200 + i));
            }
        }
    }

    private Mark found() throws IOException {
        try (Progress progress = new Progress(folder)) {
            return progress.found().orElseThrow();
        }
    }
}
