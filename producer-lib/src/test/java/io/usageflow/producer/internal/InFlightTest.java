package io.usageflow.producer.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private final Tally tally = new Tally();
    private final InFlight inFlight = new InFlight(tally);

    @Test
    void shouldTellForHowLongTheOldestHasBeenInFlight() {
        assertThat(tally.oldestInFlight()).isZero();
        Parcel<String> older = parcel("a");
        Parcel<String> younger = parcel("b");
        inFlight.add(younger);
        Duration ofYounger = tally.oldestInFlight();

        inFlight.add(older);

        assertThat(ofYounger).isPositive();
        assertThat(tally.oldestInFlight().toNanos())
                .isGreaterThanOrEqualTo(younger.bornAtNanos() - older.bornAtNanos() + ofYounger.toNanos());
        inFlight.durable(older);
        inFlight.durable(younger);
        assertThat(tally.oldestInFlight()).isZero();
    }

    private Parcel<String> parcel(String id) {
        return new Parcel<>(id, "k", Samples.event(), null, (name, at) -> name, inFlight);
    }
}
