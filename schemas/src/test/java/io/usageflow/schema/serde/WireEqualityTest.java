package io.usageflow.schema.serde;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.schema.avro.RegisteredForm;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.RegisteredSchema;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Byte by byte what Confluent's own serializer writes, and readable by its deserializer. */
class WireEqualityTest {
    private static final String TOPIC = "topic";
    private static final String SUBJECT = "topic-value";

    private final String scope = UUID.randomUUID().toString();
    private final InMemorySchemaRegistry registry = InMemorySchemaRegistry.ofScope(scope);
    private final ConfluentSerializer confluent = new ConfluentSerializer();

    @AfterEach
    void forgetScope() {
        InMemorySchemaRegistry.dropScope(scope);
    }

    static Stream<SpecificRecord> records() {
        return SampleRecords.oneOfEach().stream();
    }

    @ParameterizedTest
    @MethodSource("records")
    void shouldWriteWhatConfluentWrites(SpecificRecord datum) {
        Serializer<SpecificRecord> ours = AvroSerdes.valueSerializer(SampleRecords.registryAt("mock://" + scope));

        byte[] bytes = ours.serialize(TOPIC, datum);

        RegisteredSchema registered = registry.latest(SUBJECT).orElseThrow();
        confluent.know(SUBJECT, registered.schema(), registered.id());
        byte[] genuine = confluent.serialize(TOPIC, datum, registered.schema());
        assertThat(bytes).isEqualTo(genuine);
        assertThat(confluent.deserialize(TOPIC, bytes)).isEqualTo(confluent.deserialize(TOPIC, genuine));
    }

    @ParameterizedTest
    @MethodSource("records")
    void shouldReadWhatConfluentWrites(SpecificRecord datum) {
        var plain = RegisteredForm.registeredForm(datum.getSchema());
        int id = registry.register(SUBJECT, plain);
        confluent.know(SUBJECT, plain, id);
        Deserializer<? extends SpecificRecord> ours =
                AvroSerdes.valueDeserializer(SampleRecords.registryAt("mock://" + scope), datum.getClass());

        byte[] genuine = confluent.serialize(TOPIC, datum, plain);

        assertThat(ours.deserialize(TOPIC, genuine)).isEqualTo(SampleRecords.withFullScale(datum));
    }
}
