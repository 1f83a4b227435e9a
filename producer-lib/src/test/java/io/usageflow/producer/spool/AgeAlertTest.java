package io.usageflow.producer.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.spool.AgeAlert.Change;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AgeAlertTest {
    private final AgeAlert alert = new AgeAlert(Duration.ofSeconds(10));

    @Test
    void shouldTellOnceWhenItBeginsAndOnceWhenItIsOver() {
        assertThat(alert.at(10_000, true, 0)).isEqualTo(Change.NONE);
        assertThat(alert.at(10_001, true, 0)).isEqualTo(Change.RAISED);
        assertThat(alert.at(60_000, true, 0)).isEqualTo(Change.NONE);
        assertThat(alert.at(61_000, true, 55_000)).isEqualTo(Change.OVER);
        assertThat(alert.at(62_000, true, 55_000)).isEqualTo(Change.NONE);
        assertThat(alert.at(70_000, true, 55_000)).as("the next episode").isEqualTo(Change.RAISED);
        assertThat(alert.at(70_001, false, 0)).as("nothing waits").isEqualTo(Change.OVER);
    }
}
