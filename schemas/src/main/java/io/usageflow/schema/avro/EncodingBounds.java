package io.usageflow.schema.avro;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Bounds the work that another writer's schema can cause. Avro reads values recursively, and skips unknown fields
 * recursively too: a recursive schema and a value of a few kilobytes would overflow the stack. An array of items
 * without bytes, such as nulls, may claim two billion items. So the bytes are walked before they are read, with bounded
 * depth and steps. Allocates nothing for claimed lengths.
 *
 * <p>Not needed for exactly our own schemas: they are not recursive, and each of their items has bytes.
 */
final class EncodingBounds {
    /** Records, arrays, maps and unions, one inside the other; the deepest of ours has 6. */
    static final int DEPTH_MAX = 128;

    /** Types in one schema, a type that is named twice counted once; the largest of ours has some 60. */
    static final int TYPES_MAX = 20_000;

    /** Steps of the walk for each byte of the value, since a record may have fields without bytes. */
    private static final int STEPS_PER_BYTE = 16;

    private static final int STEPS_MIN = 1_000;
    private static final int LONG_BYTES_MAX = 10;

    private final byte[] bytes;
    private int at;
    private long stepsLeft;

    private EncodingBounds(byte[] bytes, int from) {
        this.bytes = bytes;
        this.at = from;
        this.stepsLeft = STEPS_MIN + (long) STEPS_PER_BYTE * (bytes.length - from);
    }

    /**
     * Whether readers of the schema can be made within the bounds.
     *
     * @throws SerializationException naming the bound otherwise
     */
    static void requireBounded(Schema schema) {
        requireBounded(schema, 1, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static void requireBounded(Schema schema, int depth, Set<Schema> seen) {
        if (depth > DEPTH_MAX) {
            throw new SerializationException("its types are nested deeper than " + DEPTH_MAX + " levels");
        }
        if (!seen.add(schema)) {
            return;
        }
        if (seen.size() > TYPES_MAX) {
            throw new SerializationException("it has more than " + TYPES_MAX + " types");
        }
        switch (schema.getType()) {
            case RECORD -> schema.getFields().forEach(field -> requireBounded(field.schema(), depth + 1, seen));
            case ARRAY -> requireBounded(schema.getElementType(), depth + 1, seen);
            case MAP -> requireBounded(schema.getValueType(), depth + 1, seen);
            case UNION -> schema.getTypes().forEach(branch -> requireBounded(branch, depth + 1, seen));
            default -> {}
        }
    }

    /**
     * Does nothing where the bytes are one value of the schema, within the bounds.
     *
     * @param from where the Avro binary begins
     * @throws SerializationException otherwise
     */
    static void require(Schema writer, byte[] value, int from) {
        var walk = new EncodingBounds(value, from);
        walk.value(writer, 1);
        if (walk.at != value.length) {
            throw new SerializationException("bytes follow the end of the record");
        }
    }

    private void value(Schema schema, int depth) {
        step();
        if (depth > DEPTH_MAX) {
            throw new SerializationException("it is nested deeper than " + DEPTH_MAX + " levels");
        }
        switch (schema.getType()) {
            case NULL -> {}
            case BOOLEAN -> skip(1);
            case FLOAT -> skip(Float.BYTES);
            case DOUBLE -> skip(Double.BYTES);
            case INT, LONG -> number();
            case ENUM -> choice(schema.getEnumSymbols().size());
            case FIXED -> skip(schema.getFixedSize());
            case STRING, BYTES -> skip(number());
            case UNION -> value(schema.getTypes().get(choice(schema.getTypes().size())), depth + 1);
            case RECORD -> schema.getFields().forEach(field -> value(field.schema(), depth + 1));
            case ARRAY -> blocks(schema.getElementType(), false, depth + 1);
            case MAP -> blocks(schema.getValueType(), true, depth + 1);
        }
    }

    /** A block may say how long it is, which a reader that skips it believes: so it must be true. */
    private void blocks(Schema item, boolean hasKeys, int depth) {
        for (long count = number(); count != 0; count = number()) {
            long length = count < 0 ? number() : -1;
            int begin = at;
            for (long left = count; left != 0; left -= Long.signum(count)) {
                if (hasKeys) {
                    skip(number());
                }
                value(item, depth);
            }
            if (count < 0 && length != at - begin) {
                throw new SerializationException("a block is not as long as it says");
            }
        }
    }

    private void step() {
        if (--stepsLeft < 0) {
            throw new SerializationException("it claims more items than its bytes can hold");
        }
    }

    private int choice(int bound) {
        long index = number();
        if (index < 0 || index >= bound) {
            throw new SerializationException("it takes choice " + index + " of " + bound);
        }
        return (int) index;
    }

    private void skip(long count) {
        if (count < 0 || count > bytes.length - at) {
            throw new SerializationException(
                    "it claims " + count + " bytes where " + (bytes.length - at) + " are left");
        }
        at += (int) count;
    }

    private long number() {
        long raw = 0;
        for (int i = 0; i < LONG_BYTES_MAX; i++) {
            if (at >= bytes.length) {
                throw new SerializationException("it ends too early");
            }
            byte next = bytes[at++];
            raw |= (next & 0x7fL) << (7 * i);
            if (next >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new SerializationException("a number has more than " + LONG_BYTES_MAX + " bytes");
    }
}
