package io.usageflow.forwarder.admission.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.admission.check.RecordDecoder.Decoded;
import io.usageflow.forwarder.admission.check.RegistryRetry.RegistryStatus;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.schema.UsageEvent;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;

/** Patience and the decoder that has it, on a clock that a wait puts forward. */
class RegistryRetryTest {
    private final SerializationException unreachable =
            new SerializationException("error retrieving schema", new ConnectException("refused"));

    private final FakeClock clock = new FakeClock();
    private final RegistryStatus watch = new RegistryStatus(() -> clock.nanos);
    private final RegistryRetry registryRetry = new RegistryRetry(watch, () -> clock.nanos, clock::sleep);

    private static final class FakeClock {
        long nanos;

        void sleep(long millis) {
            nanos += Duration.ofMillis(millis).toNanos();
        }
    }

    @Test
    void shouldWaitUntilTheRegistryIsBack() {
        AtomicInteger attempts = new AtomicInteger();

        String result = registryRetry.call(() -> {
            if (attempts.incrementAndGet() < 4) {
                throw unreachable;
            }
            return "decoded";
        });

        assertThat(result).isEqualTo("decoded");
        assertThat(clock.nanos).isPositive();
        assertThat(watch.whyAway()).isEmpty();
    }

    @Test
    void shouldGiveUpBeforeKafkaAbortsTheTransaction() {
        assertThatThrownBy(() -> registryRetry.call(() -> {
                    throw unreachable;
                }))
                .isSameAs(unreachable);

        assertThat(Duration.ofNanos(clock.nanos))
                .isBetween(RegistryRetry.WAIT_MAX, RegistryRetry.WAIT_MAX.plusSeconds(1));
        assertThat(watch.whyAway()).contains("error retrieving schema");
    }

    @Test
    void shouldNotSayForEverThatTheRegistryIsAway() {
        watch.away(unreachable);
        clock.nanos += RegistryStatus.HOLDS.toNanos();

        assertThat(watch.whyAway()).isEmpty();
    }

    @Test
    void shouldNotWaitWhereTheStageStops() {
        watch.stop();

        assertThatThrownBy(() -> registryRetry.call(() -> {
                    throw unreachable;
                }))
                .isSameAs(unreachable);
        assertThat(clock.nanos).isZero();
    }

    @Test
    void shouldNotWaitForWhatIsNotTheRegistry() {
        assertThatThrownBy(() -> registryRetry.call(() -> {
                    throw new ConfigException("wrong");
                }))
                .isInstanceOf(ConfigException.class);
        assertThat(clock.nanos).isZero();
    }

    @Test
    void shouldTellBadBytesFromAnAbsentRegistryWhateverTheDeserializer() {
        assertThat(reason(new SerializationException("not Avro"))).isEqualTo(DeadLetterReason.UNDECODABLE);
        assertThat(reason(new ArrayIndexOutOfBoundsException(-1))).isEqualTo(DeadLetterReason.UNDECODABLE);
        assertThatThrownBy(() -> decoder(unreachable).decode(new byte[] {1})).isSameAs(unreachable);
        assertThatThrownBy(() -> decoder(new ConfigException("wrong")).decode(new byte[] {1}))
                .isInstanceOf(ConfigException.class);
    }

    private DeadLetterReason reason(RuntimeException failure) {
        return decoder(failure).decode(new byte[] {1}).match(event -> null, Decoded.Malformed::reason);
    }

    private RecordDecoder<UsageEvent> decoder(RuntimeException failure) {
        Deserializer<UsageEvent> deserializer = (topic, bytes) -> {
            throw failure;
        };
        return new RecordDecoder<>(deserializer, "usage.events", registryRetry);
    }
}
