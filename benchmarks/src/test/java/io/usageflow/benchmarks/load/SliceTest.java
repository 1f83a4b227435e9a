package io.usageflow.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.benchmarks.load.SliceWriter.Slice;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SliceTest {
    private static final TopicPartition ONE = new TopicPartition("events", 0);
    private static final TopicPartition TWO = new TopicPartition("events", 1);

    private final Slice slice = new Slice(15, Map.of(ONE, new Slice.Part(100, 110), TWO, new Slice.Part(0, 5)));

    @Test
    void shouldCountWhatLiesBeforeTheCommittedOffsets() {
        assertThat(slice.handled(Map.of())).isZero();
        assertThat(slice.handled(Map.of(ONE, 90L, TWO, 0L))).isZero();
        assertThat(slice.handled(Map.of(ONE, 103L, TWO, 5L))).isEqualTo(8);
        // The marker that ends the transaction stands behind the last record, and may be committed too.
        assertThat(slice.handled(Map.of(ONE, 111L, TWO, 6L))).isEqualTo(15);
    }

    @Test
    void shouldGrowWithItsRecords() {
        assertThat(Slice.Part.of(7).with(9).with(8)).isEqualTo(new Slice.Part(7, 10));
    }
}
