package io.usageflow.forwarder.kafka.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can have cost a transaction a marker (decision 7), and what the rights allow to do about it. */
class TransactionEndTest {
    @ParameterizedTest(name = "{4}")
    @CsvSource({
        "true,  20,   false, false, 'quiet'",
        "true,  2000, false, false, 'as long as a busy broker may take'",
        "true,  2001, false, true,  'a broker fell silent, and its session ended meanwhile'",
        "true,  20,   true,  true,  'a broker died or was stopped, or an idle connection was closed'",
        "false, 20,   false, true,  'an abort: something went wrong'",
        "false, 9000, true,  true,  'an abort after a crash'",
    })
    void shouldLookAfterWhatCanCostAMarker(
            boolean committed, long openMs, boolean lostConnection, boolean looks, String why) {
        assertThat(TransactionEnd.mayLackMarkers(committed, Duration.ofMillis(openMs), lostConnection))
                .as(why)
                .isEqualTo(looks);
    }

    @Test
    void shouldSayWhatIsAtRiskAndHowAnAdministratorHelps() {
        assertThat(new TransactionRights(true, Set.of("__consumer_offsets")).risk())
                .as("markers can be written: the offsets are ended by a transaction of our own")
                .isEmpty();
        assertThat(new TransactionRights(false, Set.of("__consumer_offsets")).risk())
                .hasValueSatisfying(risk -> assertThat(risk)
                        .contains("--operation ClusterAction --cluster")
                        .doesNotContain("__consumer_offsets"));
        assertThat(new TransactionRights(true, Set.of("usage.receipts")).risk())
                .hasValueSatisfying(risk -> assertThat(risk).contains("READ usage.receipts"));
    }
}
