package io.usageflow.schema.registry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.http.RegistryClientSettings.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.Test;

class RetryingSchemaRegistryTest {
    private static final Schema SCHEMA = new Schema.Parser().parse("\"string\"");
    private static final RetryPolicy POLICY = new RetryPolicy(4, Duration.ofMillis(100), Duration.ofMillis(350));

    private final List<Duration> waits = new ArrayList<>();
    private final InMemorySchemaRegistry memory = new InMemorySchemaRegistry();

    @Test
    void shouldWaitLongerEachTimeUpToTheBound() {
        RandomGenerator highest = always(1.0);

        assertThat(new RetryingSchemaRegistry(memory, POLICY, highest, waits::add).idOf("s", SCHEMA))
                .isEmpty();

        assertThat(waits)
                .containsExactly(
                        Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(350), Duration.ofMillis(350));
    }

    @Test
    void shouldSpreadTheWaitsDownToNothing() {
        assertThat(POLICY.waitBefore(1, always(0.0))).isZero();
        assertThat(POLICY.waitBefore(60, always(0.5))).isEqualTo(Duration.ofMillis(175));
    }

    @Test
    void shouldTakeTheFirstAnswerThatIsNoDoubt() {
        RetryingSchemaRegistry.Pause registersMeanwhile = wait -> {
            waits.add(wait);
            if (waits.size() == 2) {
                memory.register("s", SCHEMA);
            }
        };

        assertThat(new RetryingSchemaRegistry(memory, POLICY, new Random(1), registersMeanwhile).idOf("s", SCHEMA))
                .hasValue(1);
        assertThat(waits).hasSize(2);
    }

    @Test
    void shouldNotWaitForASubjectWithoutVersions() {
        assertThat(new RetryingSchemaRegistry(memory, POLICY, new Random(1), waits::add).latest("s"))
                .isEmpty();
        assertThat(waits).isEmpty();
    }

    @Test
    void shouldNeverWaitForAnIdThatIsUnknown() {
        SchemaRegistry registry = new RetryingSchemaRegistry(memory, POLICY, new Random(1), waits::add);

        assertThat(registry.byId(1)).isEmpty();
        assertThat(waits).isEmpty();

        memory.register("s", SCHEMA);
        assertThat(registry.byId(1)).as("no failure is remembered").hasValue(SCHEMA);
    }

    @Test
    void shouldStopWhenInterrupted() {
        RetryingSchemaRegistry.Pause interrupted = wait -> {
            throw new InterruptedException();
        };

        assertThatThrownBy(
                        () -> new RetryingSchemaRegistry(memory, POLICY, new Random(1), interrupted).idOf("s", SCHEMA))
                .isInstanceOf(InterruptException.class);
        assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
    }

    private static RandomGenerator always(double fraction) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new UnsupportedOperationException();
            }

            @Override
            public double nextDouble() {
                return fraction;
            }
        };
    }
}
