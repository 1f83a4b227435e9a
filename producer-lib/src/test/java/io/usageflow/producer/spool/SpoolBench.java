package io.usageflow.producer.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A log on a faulty disk before a fake Kafka, to work on. */
final class SpoolBench {
    static final String TOPIC = "usage.events";

    final Path directory;
    final FaultyDisk disk;
    final Budget budget;
    FakeKafka kafka = new FakeKafka();
    SpoolLog log;
    private long segmentBytesMax = 2_000;
    private long memoryBytesMax = 1 << 20;

    SpoolBench(Path directory, long bytesMax) {
        this(directory, bytesMax, new FaultyDisk());
    }

    SpoolBench(Path directory, long bytesMax, FaultyDisk disk) {
        this.directory = directory;
        this.disk = disk;
        this.budget = new Budget(bytesMax);
    }

    SpoolBench memory(long bytesMax) {
        memoryBytesMax = bytesMax;
        return this;
    }

    SpoolBench segments(long bytesMax) {
        segmentBytesMax = bytesMax;
        return this;
    }

    SpoolBench open() throws IOException {
        return open(budget);
    }

    /** @param with of this life: what an earlier one took is counted anew */
    SpoolBench open(Budget with) throws IOException {
        log = SpoolLog.open(
                new LogFacts(directory, TOPIC, "{}", segmentBytesMax),
                with,
                new SpoolLog.Limits(memoryBytesMax, 0, Duration.ofMinutes(5)),
                kafka,
                disk,
                Clock.systemUTC());
        return this;
    }

    Keeping offer(String id, String key) {
        Keeping keeping = new Keeping(id, key);
        log.offer(RecordKind.WIRE, keeping, value(id));
        return keeping;
    }

    List<String> keep(String prefix, int count) {
        List<Keeping> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(offer(prefix + i, "key-" + i % 3));
        }
        return all.stream()
                .map(keeping -> keeping.future.orTimeout(60, TimeUnit.SECONDS).join())
                .toList();
    }

    static byte[] value(String id) {
        return ("value of " + id + " ".repeat(Math.abs(id.hashCode() % 97))).getBytes(UTF_8);
    }

    void awaitDrained() {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            kafka.linger();
            return log.events() == 0;
        });
    }

    /** In order, with nothing more sent. */
    void close() {
        log.refuseNew();
        assertThat(log.close(System.nanoTime())).as("all threads have ended").isTrue();
    }
}
