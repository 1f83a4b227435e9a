package io.usageflow.forwarder.admission.dedup.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the index writes files. */
class IdIndexTest {
    @TempDir
    Path folder;

    /** At the third commit the first transaction is surely committed; the second, too, at the fourth. */
    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "3, 1"})
    void shouldWriteOnlyIdsThatTwoCommitsHaveFollowed(int commits, int files) throws IOException {
        IdIndex index = IdIndex.open(folder, new IdIndex.Sizes(10, 8), new Empty());
        for (int commit = 0; commit < commits; commit++) {
            for (int i = 0; i < 10; i++) {
                index.add(commit, i);
            }
            index.blockEnded(() -> new byte[IdSegmentHeader.DIGEST_BYTES]);
            index.beforeCommit();
        }
        index.awaitWriting();
        index.close();

        try (var written = Files.list(folder)) {
            assertThat(written).hasSize(files);
        }
    }

    private static final class Empty implements StoredIds {
        @Override
        public long first() {
            return 0;
        }

        @Override
        public long end() {
            return 0;
        }

        @Override
        public Optional<byte[]> digestOfBlockBefore(long end) {
            return Optional.empty();
        }

        @Override
        public void read(long from, Reader reader) {
            // Has none.
        }
    }
}
