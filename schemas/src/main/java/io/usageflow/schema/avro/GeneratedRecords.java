package io.usageflow.schema.avro;

import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Conversion;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * The classes of one generated record, loaded once by the record's own class loader. Avro would look up each name in its
 * global list of trusted classes, which has none of ours (since Avro 1.12.1), and which a library must not change. Names from
 * the registry or from bytes never make this class load anything.
 */
public final class GeneratedRecords extends SpecificData {
    private final Map<String, Class<?>> classes = new HashMap<>();

    public GeneratedRecords(Class<? extends SpecificRecord> type, Schema schema) {
        super(type.getClassLoader());
        SpecificData generated = SpecificData.getForClass(type);
        for (Conversion<?> conversion : generated.getConversions()) {
            addLogicalTypeConversion(conversion);
        }
        collect(schema, type.getClassLoader());
    }

    @Override
    @SuppressWarnings("rawtypes") // as declared by Avro
    public @Nullable Class getClass(Schema schema) {
        return switch (schema.getType()) {
            case RECORD, ENUM, FIXED -> classes.get(schema.getFullName());
            default -> super.getClass(schema);
        };
    }

    private void collect(Schema schema, ClassLoader loader) {
        switch (schema.getType()) {
            case RECORD -> {
                if (add(schema, loader)) {
                    schema.getFields().forEach(field -> collect(field.schema(), loader));
                }
            }
            case ENUM, FIXED -> add(schema, loader);
            case ARRAY -> collect(schema.getElementType(), loader);
            case MAP -> collect(schema.getValueType(), loader);
            case UNION -> schema.getTypes().forEach(branch -> collect(branch, loader));
            default -> {}
        }
    }

    /** Whether the schema is new. */
    private boolean add(Schema schema, ClassLoader loader) {
        try {
            return classes.put(schema.getFullName(), Class.forName(schema.getFullName(), true, loader)) == null;
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    "no generated class for " + schema.getFullName() + " next to its record", e);
        }
    }
}
