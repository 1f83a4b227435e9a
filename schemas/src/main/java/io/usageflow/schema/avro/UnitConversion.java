package io.usageflow.schema.avro;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Resolver;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * Converts values that were written in other units than the record's own. Avro resolves schemas by type and ignores
 * logical types: it reads a decimal with scale 9 as if it had scale 18, and milliseconds as microseconds. Created once
 * per pair of schemas, from Avro's own resolution. Refuses a pair in which a field's meaning differs and cannot be
 * converted. Immutable.
 *
 * <table>
 * <caption>Writer and reader of one field</caption>
 * <tr><td>decimal, another scale</td><td>converted where exact; otherwise the value is refused</td></tr>
 * <tr><td>decimal, another precision</td><td>read; the value has to fit the reader's</td></tr>
 * <tr><td>timestamp-millis, -micros, -nanos</td><td>converted where exact; otherwise the value is refused</td></tr>
 * <tr><td>the reader has a logical type, the writer has none or another, such as
 * local-timestamp</td><td>refused</td></tr>
 * <tr><td>the writer has a logical type on a number or bytes, the reader has none</td><td>refused</td></tr>
 * <tr><td>a logical type on a string, such as uuid</td><td>read: the text is the value</td></tr>
 * <tr><td>bytes for a string, a string for bytes</td><td>refused</td></tr>
 * <tr><td>int for long</td><td>read, as every promotion between numbers that Avro allows</td></tr>
 * </table>
 */
public final class UnitConversion {
    private static final String LOGICAL_TYPE = "logicalType";

    private final @Nullable Conversion root;

    private UnitConversion(@Nullable Conversion root) {
        this.root = root;
    }

    /** @throws Mismatch naming the field and both types if a meaning differs */
    static UnitConversion of(Resolver.Action resolution, Schema writer) {
        return new UnitConversion(conversion(resolution, writer, "").orElse(null));
    }

    /** Whether no value needs a conversion. */
    public boolean isIdentity() {
        return root == null;
    }

    /**
     * Converts a record that was just read, in place.
     *
     * @throws DecimalCheck.Exceeded naming the field where a value cannot be converted exactly
     */
    void convert(IndexedRecord datum) {
        if (root != null) {
            root.of("", datum);
        }
    }

    /** Two schemas of one field with different meanings. */
    static final class Mismatch extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Mismatch(String message) {
            super(message);
        }
    }

    private interface Conversion {
        @Nullable
        Object of(String path, @Nullable Object value);
    }

    private record FieldConversion(int position, String name, Conversion conversion) {}

    /** Empty if there is nothing to convert. Ends for recursive writers too: the reader's schemas are not recursive. */
    private static Optional<Conversion> conversion(Resolver.Action action, Schema writer, String path) {
        if (action instanceof Resolver.RecordAdjust adjust) {
            return ofRecord(adjust, writer, path);
        }
        if (action instanceof Resolver.Container container) {
            boolean isMap = writer.getType() == Schema.Type.MAP;
            Schema item = isMap ? writer.getValueType() : writer.getElementType();
            Optional<Conversion> items = conversion(container.elementAction, item, path + (isMap ? ".*" : "[]"));
            return items.map(each -> isMap ? ofValues(each) : ofElements(each));
        }
        if (action instanceof Resolver.WriterUnion union) {
            return ofUnion(union, writer, path);
        }
        if (action instanceof Resolver.ReaderUnion union) {
            return conversion(union.actualAction, writer, path);
        }
        return action instanceof Resolver.DoNothing || action instanceof Resolver.Promote
                ? ofLeaf(writer, action.reader, path)
                : Optional.empty();
    }

    private static Optional<Conversion> ofRecord(Resolver.RecordAdjust adjust, Schema writer, String path) {
        List<FieldConversion> conversions = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < adjust.fieldActions.length; i++) {
            if (adjust.fieldActions[i] instanceof Resolver.Skip) {
                continue;
            }
            Schema.Field read = adjust.readerOrder[next++];
            conversion(adjust.fieldActions[i], writer.getFields().get(i).schema(), within(path, read.name()))
                    .ifPresent(made -> conversions.add(new FieldConversion(read.pos(), read.name(), made)));
        }
        String name = adjust.reader.getFullName();
        return conversions.isEmpty()
                ? Optional.empty()
                : Optional.of((at, value) -> {
                    if (value instanceof IndexedRecord datum
                            && datum.getSchema().getFullName().equals(name)) {
                        for (FieldConversion field : conversions) {
                            Object before = datum.get(field.position);
                            Object after = field.conversion.of(within(at, field.name), before);
                            if (after != before) {
                                datum.put(field.position, after);
                            }
                        }
                    }
                    return value;
                });
    }

    /** A value does not show the writer's branch: branches that are read as one must have the same meaning. */
    private static Optional<Conversion> ofUnion(Resolver.WriterUnion union, Schema writer, String path) {
        Map<String, Optional<Conversion>> byReader = new HashMap<>();
        for (int i = 0; i < union.actions.length; i++) {
            Resolver.Action action = union.actions[i];
            Optional<Conversion> made = conversion(action, writer.getTypes().get(i), path);
            Optional<Conversion> other = byReader.put(readAs(action), made);
            if (other != null && (made.isPresent() || other.isPresent())) {
                throw new Mismatch("field '" + path + "' is a union of which two branches are read as one and differ in"
                        + " their units");
            }
        }
        List<Conversion> conversions =
                byReader.values().stream().flatMap(Optional::stream).toList();
        return conversions.isEmpty()
                ? Optional.empty()
                : Optional.of((at, value) -> {
                    Object converted = value;
                    for (Conversion each : conversions) {
                        converted = each.of(at, converted);
                    }
                    return converted;
                });
    }

    private static String readAs(Resolver.Action action) {
        return action instanceof Resolver.ReaderUnion union ? readAs(union.actualAction) : action.reader.getFullName();
    }

    private static Conversion ofElements(Conversion items) {
        return (at, value) -> {
            if (value instanceof List<?> list) {
                @SuppressWarnings("unchecked") // Avro made it for any element of this type.
                List<Object> elements = (List<Object>) list;
                for (int i = 0; i < elements.size(); i++) {
                    Object before = elements.get(i);
                    Object after = items.of(at + "[" + i + "]", before);
                    if (after != before) {
                        elements.set(i, after);
                    }
                }
            }
            return value;
        };
    }

    private static Conversion ofValues(Conversion items) {
        return (at, value) -> {
            if (value instanceof Map<?, ?> map) {
                @SuppressWarnings("unchecked") // Avro made it for any value of this type.
                Map<String, Object> values = (Map<String, Object>) map;
                values.replaceAll((key, each) -> items.of(within(at, key), each));
            }
            return value;
        };
    }

    private static Optional<Conversion> ofLeaf(Schema writer, Schema reader, String path) {
        LogicalType read = reader.getLogicalType();
        if (isText(writer) != isText(reader) && (isBytes(writer) || isBytes(reader))) {
            throw mismatch(path, writer, reader);
        }
        if (read instanceof LogicalTypes.Decimal wanted) {
            if (!(writer.getLogicalType() instanceof LogicalTypes.Decimal written)) {
                throw mismatch(path, writer, reader);
            }
            return written.getScale() == wanted.getScale() ? Optional.empty() : Optional.of(rescale(written, wanted));
        }
        Optional<TimestampUnit> wanted = TimestampUnit.of(reader);
        if (wanted.isPresent()) {
            TimestampUnit written = TimestampUnit.of(writer).orElseThrow(() -> mismatch(path, writer, reader));
            return written == wanted.get()
                    ? Optional.empty()
                    : Optional.of((at, value) ->
                            value instanceof Instant instant ? wanted.get().convert(at, instant, written) : value);
        }
        boolean sameMeaning = isText(writer) || name(writer).equals(name(reader));
        if (!sameMeaning) {
            throw mismatch(path, writer, reader);
        }
        return Optional.empty();
    }

    private static Conversion rescale(LogicalTypes.Decimal written, LogicalTypes.Decimal wanted) {
        return (at, value) -> {
            if (!(value instanceof BigDecimal read)) {
                return value;
            }
            BigDecimal number = new BigDecimal(read.unscaledValue(), written.getScale());
            if (!DecimalCheck.fits(number, wanted)) {
                throw new DecimalCheck.Exceeded("field '" + at + "' is a " + text(written)
                        + " in its schema, and its value does not fit " + text(wanted) + " exactly");
            }
            return number.signum() == 0
                    ? BigDecimal.ZERO.setScale(wanted.getScale())
                    : number.stripTrailingZeros().setScale(wanted.getScale());
        };
    }

    private static Mismatch mismatch(String path, Schema writer, Schema reader) {
        return new Mismatch("field '" + path + "' is " + text(writer) + " there and " + text(reader)
                + " here, and one is not converted into the other");
    }

    private static boolean isText(Schema schema) {
        return schema.getType() == Schema.Type.STRING;
    }

    private static boolean isBytes(Schema schema) {
        return schema.getType() == Schema.Type.BYTES || schema.getType() == Schema.Type.FIXED;
    }

    /** The name in the schema: Avro drops logical types that it does not know. */
    private static String name(Schema schema) {
        Object name = schema.getObjectProp(LOGICAL_TYPE);
        return name == null ? "" : name.toString();
    }

    private static String text(Schema schema) {
        String type = schema.getType().getName();
        if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
            return type + " with the logical type " + text(decimal);
        }
        String name = name(schema);
        return name.isEmpty() ? type + " without a logical type" : type + " with the logical type " + name;
    }

    private static String text(LogicalTypes.Decimal decimal) {
        return "decimal(" + decimal.getPrecision() + ", " + decimal.getScale() + ")";
    }

    private static String within(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
