package io.usageflow.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.utils.Utils;

/** Makes and deletes the directories of brokers that keep nothing. */
final class TemporaryDirectories {
    private TemporaryDirectories() {}

    static Path create() {
        try {
            return Files.createTempDirectory("usageflow-kafka-");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary directory could be made: set java.io.tmpdir", e);
        }
    }

    /** Does nothing where it is gone already. */
    static void delete(Path directory) {
        try {
            Utils.delete(directory.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the broker's temporary directory " + directory + " could not be deleted", e);
        }
    }
}
