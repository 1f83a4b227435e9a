package io.usageflow.schema.serde;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.IndexedRecord;
import org.apache.pulsar.kafka.shade.avro.Conversions;
import org.apache.pulsar.kafka.shade.avro.Schema;
import org.apache.pulsar.kafka.shade.avro.generic.GenericData;
import org.apache.pulsar.kafka.shade.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.pulsar.kafka.shade.io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import org.apache.pulsar.kafka.shade.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.apache.pulsar.kafka.shade.io.confluent.kafka.serializers.KafkaAvroDeserializer;
import org.apache.pulsar.kafka.shade.io.confluent.kafka.serializers.KafkaAvroSerializer;

/**
 * Confluent's genuine serializer, version 7.0.1, on records of ours. It was relocated together with its Avro, so that our
 * values are carried over field by field: nothing of our own encoder takes part.
 */
final class ConfluentSerializer {
    private static final Map<String, ?> CONFIG = Map.of("schema.registry.url", "mock://unused");

    private final MockSchemaRegistryClient client = new MockSchemaRegistryClient();
    private final KafkaAvroSerializer serializer = new KafkaAvroSerializer(client, CONFIG);
    private final KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer(client, CONFIG);

    /** Gives the schema this id, so that both serializers write the same. */
    void know(String subject, org.apache.avro.Schema schema, int id) {
        try {
            client.register(subject, new AvroSchema(relocated(schema)), 1, id);
        } catch (IOException | RestClientException e) {
            throw new IllegalStateException("an in-memory client cannot fail", e);
        }
    }

    byte[] serialize(String topic, IndexedRecord datum, org.apache.avro.Schema schema) {
        return serializer.serialize(topic, carriedOver(datum, relocated(schema)));
    }

    /** As JSON text, since the classes are not ours. */
    String deserialize(String topic, byte[] bytes) {
        return String.valueOf(deserializer.deserialize(topic, bytes));
    }

    private static Schema relocated(org.apache.avro.Schema schema) {
        return new Schema.Parser().parse(schema.toString());
    }

    private static Object carriedOver(Object value, Schema schema) {
        return switch (schema.getType()) {
            case RECORD -> {
                GenericData.Record copy = new GenericData.Record(schema);
                IndexedRecord datum = (IndexedRecord) value;
                for (Schema.Field field : schema.getFields()) {
                    copy.put(field.pos(), carriedOver(datum.get(field.pos()), field.schema()));
                }
                yield copy;
            }
            case ENUM -> new GenericData.EnumSymbol(schema, value.toString());
            case ARRAY -> {
                List<Object> copy = new ArrayList<>();
                ((List<?>) value).forEach(element -> copy.add(carriedOver(element, schema.getElementType())));
                yield copy;
            }
            case MAP -> {
                Map<String, Object> copy = new LinkedHashMap<>();
                ((Map<?, ?>) value)
                        .forEach((key, element) -> copy.put((String) key, carriedOver(element, schema.getValueType())));
                yield copy;
            }
            case UNION -> carriedOver(value, branch(value, schema));
            case BYTES ->
                value instanceof BigDecimal decimal
                        ? new Conversions.DecimalConversion()
                                .toBytes(decimal.setScale(18), schema, schema.getLogicalType())
                        : ((ByteBuffer) value).duplicate();
            case LONG -> value instanceof Instant instant ? ticks(instant, schema) : value;
            default -> value;
        };
    }

    private static long ticks(Instant instant, Schema schema) {
        return schema.getLogicalType().getName().equals("timestamp-micros")
                ? Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000), instant.getNano() / 1_000)
                : instant.toEpochMilli();
    }

    private static Schema branch(Object value, Schema union) {
        return union.getTypes().stream()
                .filter(type -> fits(value, type))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no branch of " + union + " takes " + value));
    }

    private static boolean fits(Object value, Schema type) {
        return switch (type.getType()) {
            case NULL -> value == null;
            case BOOLEAN -> value instanceof Boolean;
            case INT -> value instanceof Integer;
            case LONG -> value instanceof Long || value instanceof Instant;
            case STRING -> value instanceof String;
            case BYTES -> value instanceof ByteBuffer || value instanceof BigDecimal;
            case RECORD ->
                value instanceof IndexedRecord datum
                        && datum.getSchema().getFullName().equals(type.getFullName());
            default -> false;
        };
    }
}
