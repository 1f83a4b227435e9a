package io.usageflow.producer.internal.spool.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.internal.spool.SpoolFixture;
import io.usageflow.producer.internal.spool.WaitingCaller;
import io.usageflow.producer.internal.spool.segment.Segment.SegmentHeader;
import io.usageflow.producer.internal.spool.segment.SpoolRecord.RecordKind;
import io.usageflow.producer.internal.spool.write.FrameBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every byte of a segment cut or changed: what was whole is read, and what was not is never taken for a record. */
class SegmentReaderTest {
    private static final int RECORDS = 6;
    private static final SegmentHeader HEADER = new SegmentHeader(0x1234_5678_9ABC_DEFL, "usage.events", "{}");

    @TempDir
    Path folder;

    private byte[] segment;
    private final List<Integer> ends = new ArrayList<>();

    @BeforeEach
    void write() {
        FrameBatch batch = new FrameBatch();
        for (int i = 0; i < RECORDS; i++) {
            batch.add(RecordKind.WIRE, 1_000 + i, new WaitingCaller("id-" + i, "key"), SpoolFixture.value("id-" + i));
        }
        byte[] header = HEADER.bytes();
        ByteBuffer frames = batch.checked(batch.run(0, 0, Long.MAX_VALUE), HEADER.identity());
        ByteBuffer all = ByteBuffer.allocate(header.length + frames.remaining()).put(header);
        int at = 0;
        for (int i = 0; i < RECORDS; i++) {
            at += Frames.length(frames, at);
            ends.add(header.length + at);
        }
        segment = all.put(frames).array();
    }

    @Test
    void shouldReadWhatWasWritten() throws IOException {
        Read read = read(segment);

        assertThat(read.ids).containsExactly("id-0", "id-1", "id-2", "id-3", "id-4", "id-5");
        assertThat(read.gaps).isEmpty();
        SpoolRecord last = read.records.get(5);
        assertThat(last.value()).isEqualTo(SpoolFixture.value("id-5"));
        assertThat(last.key()).asString().isEqualTo("key");
        assertThat(last.acceptedAtMs()).isEqualTo(1_005);
        assertThat(last.end()).isEqualTo(segment.length);
    }

    @Test
    void shouldReadAllBeforeACutWhereverItIs() throws IOException {
        int begin = HEADER.bytes().length;
        for (int cut = begin; cut < segment.length; cut++) {
            byte[] rest = java.util.Arrays.copyOf(segment, cut);
            int length = cut;
            long whole = ends.stream().filter(end -> end <= length).count();

            Read read = read(rest);

            assertThat(read.ids).as("cut at %s", cut).hasSize((int) whole);
            int lastEnd = whole == 0 ? begin : ends.get((int) whole - 1);
            assertThat(read.gaps)
                    .as("cut at %s", cut)
                    .isEqualTo(cut == lastEnd ? List.of() : List.of(lastEnd + " last"));
        }
    }

    @Test
    void shouldLoseNoOtherRecordToAFlippedBitWhereverItIs() throws IOException {
        int begin = HEADER.bytes().length;
        for (int at = begin; at < segment.length; at++) {
            byte[] rotten = segment.clone();
            rotten[at] ^= (byte) (1 << at % 8);
            int broken = 0;
            while (ends.get(broken) <= at) {
                broken++;
            }
            List<String> others = new ArrayList<>(List.of("id-0", "id-1", "id-2", "id-3", "id-4", "id-5"));
            others.remove(broken);

            Read read = read(rotten);

            int gapAt = broken == 0 ? begin : ends.get(broken - 1);
            assertThat(read.ids).as("bit of byte %s", at).isEqualTo(others);
            assertThat(read.gaps)
                    .as("bit of byte %s", at)
                    .containsExactly(gapAt + (broken == RECORDS - 1 ? " last" : ""));
        }
    }

    @Test
    void shouldNotTakeAnotherFilesFramesForItsOwn() throws IOException {
        Path file = Files.write(folder.resolve("other"), segment);
        SegmentHeader other = new SegmentHeader(HEADER.identity() + 1, "usage.events", "{}");
        Segment reused = new Segment(1, file, other, HEADER.bytes().length, segment.length, true);

        assertThat(read(reused).ids).isEmpty();
    }

    private Read read(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("segment"), bytes);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            SegmentHeader header = SegmentHeader.read(in).orElseThrow();
            return read(new Segment(1, file, header, in.position(), bytes.length, true));
        } catch (SegmentHeader.UnknownVersionException e) {
            throw new AssertionError(e);
        }
    }

    private static Read read(Segment segment) throws IOException {
        Read read = new Read(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        try (SegmentReader reader = new SegmentReader(
                segment, 0, (where, from, until, last) -> read.gaps.add(from + (last ? " last" : "")))) {
            SpoolRecord record = reader.next();
            while (record != null) {
                read.records.add(record);
                read.ids.add(record.id());
                record = reader.next();
            }
        }
        return read;
    }

    private record Read(List<SpoolRecord> records, List<String> ids, List<String> gaps) {}
}
