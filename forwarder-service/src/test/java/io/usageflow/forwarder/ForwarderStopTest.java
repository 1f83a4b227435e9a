package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.StageHealth;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ForwarderStopTest {
    private static final Duration WITHIN = Duration.ofHours(1);

    private final Map<String, Duration> granted = new LinkedHashMap<>();

    @Test
    void shouldGiveWhatWritesHalfOfTheTimeThatIsLeft() {
        Forwarder.stop(stages("clock", "ledger", "dead-letters", "catalogue", "admission", "delivery"), WITHIN);

        assertThat(granted.keySet())
                .containsExactly("delivery", "admission", "catalogue", "dead-letters", "ledger", "clock");
        // They end at once here; the rest of the hour is for a slow machine.
        assertThat(granted.get("delivery")).isBetween(Duration.ofMinutes(20), Duration.ofMinutes(30));
        assertThat(granted.get("admission")).isBetween(Duration.ofMinutes(20), Duration.ofMinutes(30));
    }

    @Test
    void shouldLeaveNoTimeUnused() {
        Forwarder.stop(stages("clock"), WITHIN);

        assertThat(granted.get("clock")).isBetween(Duration.ofMinutes(40), WITHIN);
    }

    private List<Stage> stages(String... names) {
        return Stream.of(names).<Stage>map(Recorded::new).toList();
    }

    private final class Recorded implements Stage {
        private final String name;

        Recorded(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void start() {}

        @Override
        public StageHealth health() {
            return StageHealth.waiting("stopped");
        }

        @Override
        public void close(Duration atMost) {
            granted.put(name, atMost);
        }
    }
}
