package io.usageflow.benchmarks.sink;

import io.usageflow.benchmarks.cluster.MicrosFile;
import io.usageflow.benchmarks.load.EventIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;

/** When each event of one lane arrived first, and what else came. Thread-safe. */
final class Arrivals {
    /** The largest sequence; an id with a larger one is not the benchmark's. */
    private static final int SEQUENCE_MAX = 20_000_000;

    private int lane;
    private long[] firstMicros = new long[1 << 16];
    private long requests;
    private long distinct;
    private long repeats;
    private long foreign;
    private long sampled;

    /** Forgets everything; from now on the events of this lane are expected. */
    synchronized void begin(int expected) {
        lane = expected;
        Arrays.fill(firstMicros, 0);
        requests = 0;
        distinct = 0;
        repeats = 0;
        foreign = 0;
        sampled = 0;
    }

    /**
     * @param micros of the epoch
     * @throws IllegalArgumentException if the body is no request of events; it counts as foreign
     */
    synchronized void request(byte[] body, long micros) {
        requests++;
        try {
            EventScan.events(body, (of, sequence, from, to) -> event(body, micros, of, sequence, from, to));
        } catch (IllegalArgumentException unreadable) {
            foreign++;
            throw unreadable;
        }
    }

    private void event(byte[] body, long micros, int of, long sequence, int from, int to) {
        if (of != lane || sequence >= SEQUENCE_MAX) {
            foreign++;
            return;
        }
        int at = (int) sequence;
        if (at >= firstMicros.length) {
            firstMicros = Arrays.copyOf(firstMicros, Math.max(at + 1, firstMicros.length * 2));
        }
        if (firstMicros[at] != 0) {
            repeats++;
            return;
        }
        firstMicros[at] = micros;
        distinct++;
        if (EventIds.isSample(sequence)) {
            CRC32 crc = new CRC32();
            crc.update(body, from, to - from);
            sampled += crc.getValue();
        }
    }

    synchronized SinkProcess.Counts counts() {
        return new SinkProcess.Counts(requests, distinct, repeats, foreign, sampled);
    }

    /** Writes the first arrivals of the sequences below {@code end} as eight bytes each, 0 if it did not come. */
    synchronized void write(int end, Path file) throws IOException {
        MicrosFile.write(file, Arrays.copyOf(firstMicros, end));
    }
}
