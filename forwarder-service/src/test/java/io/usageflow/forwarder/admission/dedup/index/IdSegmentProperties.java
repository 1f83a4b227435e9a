package io.usageflow.forwarder.admission.dedup.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.id.KeyedHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Segment files: nothing that was written is missed, and damage never passes for "not here". */
class IdSegmentProperties {
    private static final long HASHES = 1L << IdSegmentHeader.HASH_BITS;
    private static final long FIRST = 7_000_000_000L;
    private static Path folder;

    @BeforeContainer
    static void createFolder() throws IOException {
        folder = Files.createTempDirectory("segments");
    }

    @AfterContainer
    static void deleteFolder() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    @Property(tries = 60)
    void shouldFindEveryIdAlsoAfterAMerge(
            @ForAll @IntRange(min = 1, max = 4_000) int count,
            @ForAll @IntRange(min = 1, max = 5) int parts,
            @ForAll long seed)
            throws IOException {
        List<Long> hashes = new ArrayList<>();
        List<IdSegment> segments = new ArrayList<>();
        Random random = new Random(seed);
        for (int part = 0; part < parts; part++) {
            RecentIds ids = new RecentIds(FIRST + hashes.size());
            for (int i = 0; i < count; i++) {
                long hash = i % 50 == 7 ? hashes.get(random.nextInt(hashes.size())) : random.nextLong(HASHES);
                hashes.add(hash);
                ids.add(hash, IdTimes.NONE);
            }
            segments.add(write(ids));
        }
        IdSegment merged = merge(segments);
        segments.forEach(segment -> requireAll(hashes, segment));
        requireAll(hashes, merged);
        assertThat(merged.header.count()).isEqualTo(hashes.size());
        segments.forEach(IdSegment::delete);
        merged.delete();
    }

    @Example
    void shouldTakeFewNewIdsForKnown() throws IOException {
        Random random = new Random(1);
        IdSegment segment = write(random(random, 100_000));
        int suspected = 0;
        for (int i = 0; i < 200_000; i++) {
            long hash = random.nextLong(HASHES);
            if (segment.mayHold(hash, IdTimes.NONE)) {
                suspected++;
                assertThat(segment.ordinals(hash)).isEmpty();
            }
        }
        assertThat(suspected).isBetween(1, 800); // 0.4 percent at most
        assertThat(segment.header.fileBytes()).isLessThan(100_000 * 11L);
        segment.delete();
    }

    @Example
    void shouldPassByASegmentOfEarlierIds() throws IOException {
        RecentIds ids = new RecentIds(0);
        ids.add(1, 1000);
        ids.add(2, IdTimes.NONE);
        ids.add(3, 2000);
        IdSegment segment = write(ids);

        assertThat(segment.mayHold(1, 1000)).isTrue();
        assertThat(segment.mayHold(3, 2000)).isTrue();
        assertThat(segment.mayHold(2, IdTimes.NONE)).isTrue();
        assertThat(segment.mayHold(1, 999)).isFalse();
        assertThat(segment.mayHold(1, 2001)).isFalse();
        segment.delete();
    }

    /** One flipped bit anywhere: the file is refused, or a look-up refuses it, or all answers are right. */
    @Property(tries = 300)
    void shouldNotMissAnIdBecauseOfDamage(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        RecentIds ids = random(random, 300);
        IdSegment whole = write(ids);
        whole.close();
        Path file = fileOf(whole);
        byte[] bytes = Files.readAllBytes(file);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bytes);

        IdSegment damaged = IdSegment.open(file);
        if (damaged == null) {
            Files.delete(file);
            return;
        }
        try {
            requireAll(LongStream.of(ids.hashes()).limit(ids.count()).boxed().toList(), damaged);
            damaged.delete();
        } catch (IdSegment.DamagedException refused) {
            assertThat(file).doesNotExist();
        }
    }

    @Property(tries = 50)
    void shouldRefuseToMergeDamage(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        IdSegment segment = write(random(random, 300));
        Path file = fileOf(segment);
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) segment.header.entriesAt() + random.nextInt(300 * Long.BYTES)] ^= (byte) (1 << random.nextInt(8));
        segment.close();
        Files.write(file, bytes);

        assertThatThrownBy(() -> merge(List.of(IdSegment.open(file)))).isInstanceOf(IdSegment.DamagedException.class);
        assertThat(file).doesNotExist();
    }

    @Example
    void shouldLeaveNothingWhenCancelled() throws IOException {
        RecentIds ids = random(new Random(2), 10);
        IdSegmentHeader header = header(ids);

        assertThatThrownBy(() -> IdSegmentWriter.write(folder, header, SortedIds.of(ids, header), () -> true))
                .isInstanceOf(CancellationException.class);

        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    private static void requireAll(List<Long> hashes, IdSegment segment) {
        IdSegmentHeader header = segment.header;
        for (long ordinal = header.first(); ordinal < header.end(); ordinal++) {
            long hash = hashes.get((int) (ordinal - FIRST));
            assertThat(segment.mayHold(hash, IdTimes.NONE)).isTrue();
            assertThat(segment.ordinals(hash)).contains(ordinal);
        }
    }

    private static RecentIds random(Random random, int count) {
        RecentIds ids = new RecentIds(FIRST);
        for (int i = 0; i < count; i++) {
            ids.add(random.nextLong(HASHES), IdTimes.NONE);
        }
        return ids;
    }

    private static IdSegment write(RecentIds ids) throws IOException {
        IdSegmentHeader header = header(ids);
        return IdSegment.open(IdSegmentWriter.write(folder, header, SortedIds.of(ids, header), () -> false));
    }

    private static IdSegment merge(List<IdSegment> segments) throws IOException {
        IdSegmentHeader first = segments.get(0).header;
        IdSegmentHeader header = new IdSegmentHeader(
                first.hash(),
                first.first(),
                segments.get(segments.size() - 1).header.end(),
                1,
                new IdTimes(),
                new byte[IdSegmentHeader.DIGEST_BYTES]);
        MergedIds ids = new MergedIds(segments.stream().map(IdSegment::sorted).toList());
        return IdSegment.open(IdSegmentWriter.write(folder, header, ids, () -> false));
    }

    private static IdSegmentHeader header(RecentIds ids) {
        return new IdSegmentHeader(
                KeyedHash.random(), ids.first, ids.end(), 0, ids.times(), new byte[IdSegmentHeader.DIGEST_BYTES]);
    }

    private static Path fileOf(IdSegment segment) {
        return folder.resolve("%015d-%015d-0.ids".formatted(segment.header.first(), segment.header.end()));
    }
}
