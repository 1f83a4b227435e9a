package io.usageflow.forwarder.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private static final Duration DAY = Duration.ofDays(1);

    private static InFlight.Partition partition(int number, Duration oldest, long expired) {
        return new InFlight.Partition(number, 12, Optional.ofNullable(oldest), expired);
    }

    @Test
    void shouldNameWhatIsLateOrGoneAndNothingElse() {
        var inFlight = new InFlight(List.of(
                partition(0, DAY, 0),
                partition(1, DAY.plusSeconds(1), 0),
                partition(2, null, 0),
                partition(3, Duration.ofSeconds(1), 4)));

        assertThat(inFlight.oldest()).contains(DAY.plusSeconds(1));
        assertThat(inFlight.problems(DAY))
                .satisfiesExactly(
                        late -> assertThat(late.text())
                                .startsWith("partition 1: 12 events in flight, the oldest for 86401 s")
                                .contains("--in-flight-max"),
                        gone -> assertThat(gone.text())
                                .startsWith("partition 3:")
                                .contains("deleted up to 4"));
        assertThat(new InFlight(List.of()).problems(DAY)).isEmpty();
    }
}
