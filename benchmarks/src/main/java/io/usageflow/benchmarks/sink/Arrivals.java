package io.usageflow.benchmarks.sink;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.usageflow.benchmarks.cluster.ChildProcess.MicrosFile;
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

    /** Finds the events in a body without parsing it: each begins with its id, which its type follows. Pure. */
    static final class EventScan {
        private static final byte[] BEGIN = "{\"id\":\"".getBytes(US_ASCII);
        private static final byte[] TYPE = "\",\"event_type\":\"".getBytes(US_ASCII);

        private EventScan() {}

        /** Takes the events. */
        interface Found {
            /**
             * Takes one event.
             *
             * @param lane of its id
             * @param sequence of its id
             * @param from where it begins in the body
             * @param to behind its end
             */
            void event(int lane, long sequence, int from, int to);
        }

        /**
         * Finds all of them.
         *
         * @return how many events there are
         * @throws IllegalArgumentException if the body does not look like a request of events
         */
        static int events(byte[] body, Found found) {
            int events = 0;
            int from = next(body, 0);
            while (from >= 0) {
                int behind = next(body, from + BEGIN.length);
                int id = from + BEGIN.length;
                // Behind an event stands the comma before the next one, or what ends the list and the body.
                int to = behind >= 0 ? behind - 1 : body.length - "]}".length();
                found.event(EventIds.lane(body, id), EventIds.sequence(body, id), from, to);
                events++;
                from = behind;
            }
            if (events == 0) {
                throw new IllegalArgumentException("a body without events");
            }
            return events;
        }

        /** Where the next event begins; -1 if there is none. */
        private static int next(byte[] body, int from) {
            int last = body.length - TYPE.length;
            for (int at = from + BEGIN.length + EventIds.LENGTH; at <= last; at++) {
                if (body[at + 3] == 'e' && body[at] == '"' && matches(body, at, TYPE)) {
                    int begin = at - EventIds.LENGTH - BEGIN.length;
                    if (begin < from || !matches(body, begin, BEGIN)) {
                        throw new IllegalArgumentException("an event that does not begin with its id");
                    }
                    return begin;
                }
            }
            return -1;
        }

        private static boolean matches(byte[] body, int at, byte[] text) {
            for (int i = 0; i < text.length; i++) {
                if (body[at + i] != text[i]) {
                    return false;
                }
            }
            return true;
        }
    }
}
