package io.usageflow.producer.internal.spool.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.producer.internal.spool.FakeKafka;
import io.usageflow.producer.internal.spool.SpoolFixture;
import io.usageflow.producer.internal.spool.segment.Frames;
import io.usageflow.producer.internal.spool.segment.Segment;
import io.usageflow.producer.internal.spool.segment.Segments.DiskBudget;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an earlier process left, whole or not. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LogRecoveryTest {
    @TempDir
    Path folder;

    private SpoolFixture bench;

    @Test
    void shouldSendWhatFollowsABrokenRecordAndKeepTheFile() throws IOException {
        List<String> ids = leave(10);
        Path segment = segments(folder).get(0);
        byte[] bytes = Files.readAllBytes(segment);
        int victim = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("value of e4");
        flip(segment, victim);

        bench.open(new DiskBudget(1 << 20));
        bench.awaitDrained();

        List<String> others = new ArrayList<>(ids);
        others.remove("e4");
        assertThat(bench.kafka.ids()).isEqualTo(others);
        assertThat(bench.log.gaps()).as("told once, though read twice").isEqualTo(1);
        bench.close();
        assertThat(bench.log.filesAside()).isEqualTo(1);
        assertThat(segments(folder)).isEmpty();
        assertThat(folder.resolve("set-aside").resolve(segment.getFileName() + ".damaged"))
                .exists();

        bench.kafka = new FakeKafka();
        bench.open(new DiskBudget(1 << 20));
        bench.keep("next-", 1);
        bench.awaitDrained();
        assertThat(bench.kafka.ids()).containsExactly("next-0");
        assertThat(bench.log.filesAside()).as("still there to be seen").isEqualTo(1);
        bench.close();
    }

    @Test
    @org.junit.jupiter.api.condition.DisabledOnOs(org.junit.jupiter.api.condition.OS.WINDOWS)
    void shouldLetNobodyElseReadWhatItKeeps() throws IOException {
        leave(3);
        // As an earlier release left it.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));

        // Drained files would disappear while their permissions are read.
        bench.kafka.answers(false, 1);
        bench.open(new DiskBudget(1 << 20));
        bench.keep("next-", 1);

        try (Stream<Path> all = Files.walk(folder)) {
            assertThat(all).hasSizeGreaterThan(2).allSatisfy(path -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .as(path.toString())
                    .endsWith("------"));
        }
        bench.kafka.answers(true, 1);
        bench.close();
    }

    @Test
    void shouldCutATornTailAndGoOn() throws IOException {
        leave(5);
        Path segment = segments(folder).get(0);
        try (RandomAccessFile raw = new RandomAccessFile(segment.toFile(), "rw")) {
            // The seal, and three bytes of the last record.
            raw.setLength(raw.length() - Frames.seal(0).remaining() - 3);
        }

        bench.open(new DiskBudget(1 << 20));
        assertThat(bench.log.events()).isLessThanOrEqualTo(4);
        bench.keep("next-", 1);
        bench.awaitDrained();

        assertThat(bench.kafka.ids()).containsExactly("e0", "e1", "e2", "e3", "next-0");
        assertThat(bench.log.gaps()).isZero();
        bench.close();
    }

    @Test
    void shouldKeepAFileWhoseHeaderIsBroken() throws IOException {
        leave(5);
        Path segment = segments(folder).get(0);
        flip(segment, 20);

        bench.open(new DiskBudget(1 << 20));

        assertThat(bench.log.gaps()).isEqualTo(1);
        assertThat(bench.log.filesAside()).isEqualTo(1);
        bench.keep("next-", 1);
        bench.awaitDrained();
        assertThat(bench.kafka.ids()).containsExactly("next-0");
        bench.close();
    }

    @Test
    void shouldRemoveAFileThatWasOnlyBegun() throws IOException {
        leave(1);
        Files.write(folder.resolve(Segment.fileName(77)), new byte[] {'U', 'S', 'G'});
        Files.write(folder.resolve(Segment.fileName(78)), new byte[0]);

        bench.open(new DiskBudget(1 << 20));
        bench.awaitDrained();

        assertThat(bench.log.gaps()).isZero();
        bench.keep("next-", 1);
        assertThat(segments(folder))
                .extracting(file -> file.getFileName().toString())
                .contains(Segment.fileName(79));
        bench.close();
    }

    @Test
    void shouldRefuseALaterReleasesSegment() throws IOException {
        leave(1);
        Path segment = segments(folder).get(0);
        try (RandomAccessFile raw = new RandomAccessFile(segment.toFile(), "rw")) {
            raw.seek(8);
            raw.write(ByteBuffer.allocate(4).putInt(2).array());
        }

        assertThatThrownBy(() -> bench.open(new DiskBudget(1 << 20)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("spool.dir holds " + segment)
                .hasMessageContaining("version 2")
                .hasMessageContaining("drain it with the release that wrote it");
        assertThat(segment).exists();
    }

    /** An earlier process's records, none of which Kafka has. */
    private List<String> leave(int count) throws IOException {
        bench = new SpoolFixture(folder, 1 << 20).segments(10_000).open();
        bench.kafka.answers(false, 1);
        List<String> ids = bench.keep("e", count);
        bench.close();
        bench.kafka = new FakeKafka();
        return ids;
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 4;
        Files.write(file, bytes);
    }

    private static List<Path> segments(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(Segment.SUFFIX))
                    .sorted()
                    .toList();
        }
    }
}
