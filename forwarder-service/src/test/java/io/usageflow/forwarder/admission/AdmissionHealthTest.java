package io.usageflow.forwarder.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.streams.ThreadFailurePolicy.CrashLoop;
import io.usageflow.forwarder.kafka.KafkaWatch;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.forwarder.observe.StallTimer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What admission's health follows from; docs/runbook.md has the same table for people. */
class AdmissionHealthTest {
    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "RUNNING          | nothing  |   0 | ready   | admitting",
                "RUNNING          | kafka    |  30 | ready   | admitting",
                "RUNNING          | kafka    |  31 | waiting | Kafka has not answered for 31 s",
                "RUNNING          | stuck    | 120 | ready   | admitting",
                "RUNNING          | stuck    | 121 | waiting | usage.events-0 offset 9",
                "RUNNING          | registry |   0 | waiting | schema registry unavailable",
                "RUNNING          | deaths   |   0 | waiting | threads die and are replaced",
                "RUNNING          | stalled  |  60 | ready   | admitting",
                "RUNNING          | stalled  |  61 | waiting | 12 records wait, and nothing was committed for 61 s",
                "REBALANCING      | nothing  |   0 | waiting | partitions are being assigned",
                "REBALANCING      | kafka    |  31 | waiting | Kafka has not answered",
                "REBALANCING      | deaths   |   0 | waiting | threads die and are replaced",
                "CREATED          | nothing  |   0 | waiting | partitions are being assigned",
                "PENDING_SHUTDOWN | nothing  |   0 | waiting | stopping",
                "NOT_RUNNING      | nothing  |   0 | waiting | stopping",
                "PENDING_ERROR    | nothing  |   0 | dead    | see the log",
                "ERROR            | nothing  |   0 | dead    | see the log",
            })
    void shouldFollowFromProgress(KafkaStreams.State state, String fact, long seconds, String decision, String detail) {
        Duration value = Duration.ofSeconds(seconds);
        StageHealth health = new AdmissionHealth(
                        state,
                        Optional.of("it is away").filter(said -> fact.equals("registry")),
                        Optional.of("it broke").filter(said -> fact.equals("deaths")),
                        12,
                        fact.equals("stalled") ? value : Duration.ZERO,
                        new KafkaWatch.View(
                                fact.equals("kafka") ? value : Duration.ZERO,
                                fact.equals("stuck") ? value : Duration.ZERO,
                                "usage.events-0 offset 9"))
                .evaluate();

        assertThat(health.live()).isEqualTo(!decision.equals("dead"));
        assertThat(health.ready()).isEqualTo(decision.equals("ready"));
        assertThat(health.detail()).contains(detail);
    }

    @Test
    void shouldTakeSeveralDeathsWithoutACommitForALoop() {
        var deaths = new CrashLoop();
        assertThat(deaths.loop(0)).isEmpty();
        deaths.died(new IllegalStateException("first"), at(0));
        assertThat(deaths.loop(at(1))).as("one death is none").isEmpty();
        deaths.died(new IllegalStateException("outer", new IllegalArgumentException("clock ahead")), at(60));
        assertThat(deaths.loop(at(61)))
                .hasValueSatisfying(why -> assertThat(why).contains("clock ahead"));
        assertThat(deaths.loop(at(60 + 120))).as("it has lived for two minutes").isEmpty();

        deaths.died(new IllegalStateException("again"), at(170));
        assertThat(deaths.loop(at(171))).isPresent();
        deaths.committed();
        assertThat(deaths.loop(at(172))).as("it admits").isEmpty();
        deaths.died(new IllegalStateException("later"), at(175));
        assertThat(deaths.loop(at(176))).isEmpty();
    }

    @Test
    void shouldCountFromTheLastMomentAtWhichNothingWaitedOrSomethingMoved() {
        var progress = new StallTimer(at(0));
        progress.look(true, 5, at(10));
        progress.look(true, 5, at(40));
        assertThat(progress.stalled(at(45))).isEqualTo(Duration.ofSeconds(35));
        progress.look(true, 6, at(50));
        assertThat(progress.stalled(at(52))).isEqualTo(Duration.ofSeconds(2));
        progress.look(false, 6, at(90));
        progress.look(true, 6, at(95));
        assertThat(progress.stalled(at(100))).isEqualTo(Duration.ofSeconds(10));
    }

    private static long at(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
