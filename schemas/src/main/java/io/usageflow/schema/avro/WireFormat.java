package io.usageflow.schema.avro;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Confluent's wire format: a zero byte, the schema's id as four bytes big-endian, the Avro binary. Source:
 * docs.confluent.io, Schema Registry, "Wire format".
 */
public final class WireFormat {
    public static final byte MAGIC = 0;

    /** Bytes before the Avro binary. */
    public static final int HEADER_BYTES = 5;

    private WireFormat() {}

    /**
     * The schema id of a value.
     *
     * @throws SerializationException if the value is shorter than the header, or does not start with the magic byte
     */
    public static int schemaId(byte[] value) {
        if (value.length < HEADER_BYTES) {
            throw new SerializationException("the value has " + value.length
                    + " bytes, too few for the wire format's header: publish with a schema registry serializer");
        }
        if (value[0] != MAGIC) {
            throw new SerializationException("the value begins with byte " + value[0]
                    + ", not with the wire format's 0: publish with a schema registry serializer");
        }
        return ByteBuffer.wrap(value, 1, Integer.BYTES).getInt();
    }

    /** The header in front of a value of this schema. */
    public static byte[] header(int schemaId) {
        return ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).putInt(schemaId).array();
    }
}
