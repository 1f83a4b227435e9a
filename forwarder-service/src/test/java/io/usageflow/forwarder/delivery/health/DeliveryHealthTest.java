package io.usageflow.forwarder.delivery.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.health.DeliverySnapshot.Buffered;
import io.usageflow.forwarder.delivery.health.DeliverySnapshot.DestinationView;
import io.usageflow.forwarder.delivery.health.DeliverySnapshot.FundsView;
import io.usageflow.forwarder.kafka.KafkaWatch;
import io.usageflow.forwarder.observe.StageHealth;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What delivery's health follows from; docs/runbook.md has the same table for people. */
class DeliveryHealthTest {
    private static final Duration STALLED_MAX = Duration.ofSeconds(60);

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "nothing        |   0 | 0 | ready   | 3 requests in flight",
                "sinceRound       | 361 | 0 | dead    | has not turned for 361 s",
                "sinceRound       |  60 | 0 | ready   | 3 requests in flight",
                "kafka          |  30 | 0 | ready   | 3 requests in flight",
                "kafka          |  31 | 0 | waiting | Kafka has not answered for 31 s",
                "kafka          |  75 | 2 | waiting | Kafka has not answered for 75 s",
                "stuck          | 120 | 0 | ready   | 3 requests in flight",
                "stuck          | 121 | 0 | waiting | usage.deliverable-1 offset 7",
                "notJoined      |   0 | 0 | waiting | joining",
                "outage         |   0 | 0 | waiting | nothing is sent",
                "registryAway   |   0 | 0 | waiting | schema registry",
                "beginning      |  10 | 0 | ready   | 3 requests in flight",
                "beginning      |  11 | 0 | waiting | offsets could not be read for 11 s",
                "aborted        |   0 | 0 | waiting | was aborted",
                "stalled        |  60 | 0 | ready   | 3 requests in flight",
                "stalled        |  61 | 0 | waiting | 15 events wait, and none was settled for 61 s",
                "stalled        |  61 | 1 | ready   | 1 customer failing",
                "unfunded       |  61 | 0 | ready   | 2 customers without funds, for whom 40 events wait",
                "unfundedAll    |   0 | 0 | waiting | every customer that was tried is refused for lack of funds",
            })
    void shouldFollowFromProgress(String fact, long seconds, int failing, String result, String detail) {
        StageHealth health = health(fact, Duration.ofSeconds(seconds), failing).judged();

        assertThat(health.live()).isEqualTo(!result.equals("dead"));
        assertThat(health.ready()).isEqualTo(result.equals("ready"));
        assertThat(health.detail()).contains(detail);
    }

    private static DeliveryHealth health(String fact, Duration value, int failing) {
        var buffered = new Buffered(5, 500, 0, 3, Duration.ofMinutes(1), 10, Optional.empty());
        var destination = new DestinationView(
                10,
                fact.equals("outage") ? Circuit.State.OPEN : Circuit.State.CLOSED,
                fact.equals("outage") ? Optional.of(OutageCause.UNAVAILABLE) : Optional.empty(),
                "503",
                failing,
                0,
                false,
                fact.startsWith("unfunded")
                        ? new FundsView(2, 40, fact.equals("unfundedAll"), List.of())
                        : FundsView.NONE);
        var empty = DeliverySnapshot.empty();
        return new DeliveryHealth(
                of(fact, "sinceRound", value),
                !fact.equals("notJoined"),
                of(fact, "beginning", value),
                Optional.of("it is away").filter(why -> fact.equals("registryAway")),
                !fact.equals("aborted"),
                of(fact, fact.equals("unfunded") ? fact : "stalled", value),
                STALLED_MAX,
                new KafkaWatch.View(of(fact, "kafka", value), of(fact, "stuck", value), "usage.deliverable-1 offset 7"),
                new DeliverySnapshot(buffered, destination, empty.totals()));
    }

    private static Duration of(String fact, String wanted, Duration value) {
        return fact.equals(wanted) ? value : Duration.ZERO;
    }
}
