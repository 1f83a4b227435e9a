package io.usageflow.producer.internal.spool;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.producer.internal.spool.segment.Segments.DiskBudget;
import io.usageflow.producer.internal.spool.segment.Segments.LogConfig;
import io.usageflow.producer.internal.spool.segment.SpoolRecord.RecordKind;
import io.usageflow.producer.internal.spool.write.GroupCommit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A log on a faulty disk before a fake Kafka, to work on. */
public final class SpoolFixture {
    static final String TOPIC = "usage.events";

    final Path directory;
    public final FaultyDisk disk;
    public final DiskBudget budget;
    public FakeKafka kafka = new FakeKafka();
    public SpoolLog log;
    private long segmentBytesMax = 2_000;
    private long memoryBytesMax = 1 << 20;

    public SpoolFixture(Path directory, long bytesMax) {
        this(directory, bytesMax, new FaultyDisk());
    }

    SpoolFixture(Path directory, long bytesMax, FaultyDisk disk) {
        this.directory = directory;
        this.disk = disk;
        this.budget = new DiskBudget(bytesMax);
    }

    public SpoolFixture memory(long bytesMax) {
        memoryBytesMax = bytesMax;
        return this;
    }

    public SpoolFixture segments(long bytesMax) {
        segmentBytesMax = bytesMax;
        return this;
    }

    public SpoolFixture open() throws IOException {
        return open(budget);
    }

    /** Opens the log with a budget that counts the existing files again. */
    public SpoolFixture open(DiskBudget with) throws IOException {
        log = SpoolLog.open(
                new LogConfig(directory, TOPIC, "{}", segmentBytesMax),
                with,
                new SpoolLog.Limits(new GroupCommit.Bounds(memoryBytesMax, 0), Duration.ofMinutes(5)),
                kafka,
                disk,
                Clock.systemUTC());
        return this;
    }

    public WaitingCaller offer(String id, String key) {
        WaitingCaller keeping = new WaitingCaller(id, key);
        log.offer(RecordKind.WIRE, keeping, value(id));
        return keeping;
    }

    public List<String> keep(String prefix, int count) {
        List<WaitingCaller> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(offer(prefix + i, "key-" + i % 3));
        }
        return all.stream()
                .map(keeping -> keeping.future.orTimeout(60, TimeUnit.SECONDS).join())
                .toList();
    }

    public static byte[] value(String id) {
        return ("value of " + id + " ".repeat(Math.abs(id.hashCode() % 97))).getBytes(UTF_8);
    }

    public void awaitDrained() {
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> {
            kafka.linger();
            return log.events() == 0;
        });
    }

    /** In order, with nothing more sent. */
    public void close() {
        log.stopAccepting();
        // Again where the disk was slow: it bounds its own wait.
        Awaitility.await("all threads have ended")
                .atMost(Duration.ofMinutes(1))
                .until(() -> log.close(System.nanoTime()));
    }
}
