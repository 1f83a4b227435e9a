package io.usageflow.schema.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.registry.RegistryUnavailableException;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.registry.SchemaRegistry;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Records of a schema that the registry has lost are still read when the registry then goes away. */
class LostIdsTest {
    private boolean away;

    @Test
    void shouldReadAgainWithoutTheRegistryWhatItHadLost() {
        var registry = (SchemaRegistry) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {SchemaRegistry.class}, (proxy, method, arguments) -> {
                    if (away) {
                        throw new SchemaLostException("away");
                    }
                    return Optional.empty();
                });
        var ours = new AvroDeserializer<>(registry, DeadLetterMark.class);
        var own = new TypedDeserializer<>(ours, ours, DeadLetterMark.class, true);
        DeadLetterMark mark = SampleRecords.oneOfEach().stream()
                .filter(DeadLetterMark.class::isInstance)
                .map(DeadLetterMark.class::cast)
                .findFirst()
                .orElseThrow();
        byte[] value = AvroSerdes.<DeadLetterMark>valueSerializer(
                        SampleRecords.registryAt("mock://" + UUID.randomUUID()))
                .serialize("t", mark);

        away = true;
        assertThatThrownBy(() -> own.deserialize("t", value)).isInstanceOf(RegistryUnavailableException.class);
        away = false;
        assertThat(own.deserialize("t", value)).isEqualTo(mark);
        away = true;
        assertThat(own.deserialize("t", value)).isEqualTo(mark);
    }
}
