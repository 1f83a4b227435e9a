package io.usageflow.benchmarks.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A file of times in microseconds of the epoch, by which one process gives them to another. */
public final class MicrosFile {
    private MicrosFile() {}

    public static void write(Path file, long[] micros) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(micros.length * Long.BYTES);
        bytes.asLongBuffer().put(micros);
        Files.write(file, bytes.array());
    }

    /** Reads the first times of a file. */
    public static long[] read(Path file, int count) {
        try {
            long[] micros = new long[count];
            ByteBuffer.wrap(Files.readAllBytes(file)).asLongBuffer().get(micros);
            return micros;
        } catch (IOException e) {
            throw new UncheckedIOException("the times in " + file + " cannot be read", e);
        }
    }

    /** Microseconds of the epoch by the clock that all processes of one machine share. */
    public static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}
