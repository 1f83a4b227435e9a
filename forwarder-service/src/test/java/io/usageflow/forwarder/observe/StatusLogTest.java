package io.usageflow.forwarder.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StatusLogTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private StageHealth delivery = StageHealth.flowing("well");
    private final StatusLog status = new StatusLog(() -> new HealthReport(Map.of("delivery", delivery)), meters);

    @BeforeEach
    void listen() {
        lines.start();
        logger().setLevel(Level.INFO);
        logger().addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(lines);
        logger().setLevel(null);
    }

    @Test
    void shouldSayWhatHappenedSinceTheLineBefore() {
        Counter admitted = meters.counter("usageflow.admission.events", "outcome", "admitted");
        Counter accepted = meters.counter("usageflow.delivery.events", "outcome", "accepted");
        Gauge.builder("usageflow.delivery.lag", () -> 7).register(meters);
        admitted.increment(3);
        accepted.increment(2);
        status.log();
        admitted.increment(10);
        status.log();

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "event=all_is_well admitted=3 delivered=2 dead_lettered=0 parked=0 waiting=7 oldest_s=0",
                        "event=all_is_well admitted=10 delivered=0 dead_lettered=0 parked=0 waiting=7 oldest_s=0");
    }

    @Test
    void shouldSayWhatIsNotWell() {
        delivery = StageHealth.waiting("Credyt \"is\" away\nfor long");
        status.log();

        assertThat(lines.list.get(0).getLevel().toString()).isEqualTo("WARN");
        assertThat(lines.list.get(0).getFormattedMessage())
                .startsWith("event=not_well admitted=0 ")
                .contains("why=\"delivery: Credyt ")
                .doesNotContain("\n");
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(StatusLog.class);
    }
}
