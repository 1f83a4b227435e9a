package io.usageflow.producer.internal.spool.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.internal.spool.drain.DrainStatus.AgeAlert;
import io.usageflow.producer.internal.spool.drain.DrainStatus.AgeAlert.Change;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AgeAlertTest {
    private final AgeAlert alert = new AgeAlert(Duration.ofSeconds(10));

    @Test
    void shouldReportOnceWhenRaisedAndOnceWhenCleared() {
        assertThat(alert.update(10_000, true, 0)).isEqualTo(Change.NONE);
        assertThat(alert.update(10_001, true, 0)).isEqualTo(Change.RAISED);
        assertThat(alert.update(60_000, true, 0)).isEqualTo(Change.NONE);
        assertThat(alert.update(61_000, true, 55_000)).isEqualTo(Change.CLEARED);
        assertThat(alert.update(62_000, true, 55_000)).isEqualTo(Change.NONE);
        assertThat(alert.update(70_000, true, 55_000)).as("the next episode").isEqualTo(Change.RAISED);
        assertThat(alert.update(70_001, false, 0)).as("nothing waits").isEqualTo(Change.CLEARED);
    }
}
