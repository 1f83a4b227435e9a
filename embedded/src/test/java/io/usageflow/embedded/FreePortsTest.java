package io.usageflow.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    @Test
    void shouldGiveNoPortTwice() {
        // Enough that drawing alone would repeat one almost surely.
        assertThat(IntStream.range(0, 1_000).mapToObj(i -> FreePorts.any())).doesNotHaveDuplicates();
    }
}
