package io.usageflow.forwarder.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.kafka.NewestFirstSteps.Range;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class NewestFirstStepsTest {
    private static final TopicPartition LONG = new TopicPartition("t", 0);
    private static final TopicPartition SHORT = new TopicPartition("t", 1);
    private static final TopicPartition EMPTY = new TopicPartition("t", 2);

    /** Siblings: a partition of several steps, one of less than a step, an empty one whose records have expired. */
    @Test
    void shouldHaveEachOffsetInOneStepTheNewestFirst() {
        var steps = new NewestFirstSteps(
                Map.of(LONG, 100L, SHORT, 0L, EMPTY, 7L), Map.of(LONG, 5_600L, SHORT, 3L, EMPTY, 7L));

        assertThat(steps.left()).isEqualTo(5_503);
        assertThat(steps.next()).isEqualTo(Map.of(LONG, new Range(4_600, 5_600), SHORT, new Range(0, 3)));
        assertThat(steps.left()).isEqualTo(4_500);
        assertThat(steps.next()).isEqualTo(Map.of(LONG, new Range(600, 4_600)));
        assertThat(steps.next()).isEqualTo(Map.of(LONG, new Range(100, 600)));
        assertThat(steps.left()).isZero();
        assertThat(steps.next()).isEmpty();
    }
}
