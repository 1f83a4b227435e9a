package io.usageflow.forwarder.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InstancesTest {
    /** The page of the flow is wanted most when Kafka is away. */
    @Test
    void shouldSayOfBothStagesThatKafkaDoesNotAnswer() {
        for (String protocol : new String[] {"classic", "streams"}) {
            Instances found = Instances.read(Settings.load(ConfigSources.none()
                    .with(
                            Map.of("kafka.bootstrap.servers", "127.0.0.1:1", "streams.group.protocol", protocol),
                            "test")));

            assertThat(found.members()).isEmpty();
            assertThat(found.unassigned()).isEmpty();
            assertThat(found.notes()).hasSize(2);
            assertThat(found.notes().get(0)).startsWith("admission: ");
            assertThat(found.notes().get(1)).startsWith("delivery: ");
            assertThat(found.standbysKnown()).isEqualTo(protocol.equals("streams"));
        }
    }
}
