package io.usageflow.schema.avro;

import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.CredytIds;
import io.usageflow.schema.id.Uuids;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Reads records whose schema the registry has lost, with the schemas in this jar: the current ones, those of every
 * earlier release, and that of the deliverable records without JSON after release 0.1.0. A schema is accepted only if
 * it consumes all bytes, encodes the result to the same bytes, and the record passes its own checks. If two schemas
 * pass and give different records, neither is used.
 *
 * <p>Only for bytes that one of these schemas has written, never for a topic that others write: another team's schema
 * may have the same layout with another scale or another order of enum symbols. Immutable, thread-safe.
 */
public final class ReleasedSchemas<T extends SpecificRecord> {
    /** Releases whose schemas are resources of this jar; a test compares it with the golden files. */
    static final List<String> RELEASES = List.of("0.1.0");

    /** Of versions between two releases, whose records may still wait in a topic. */
    private static final List<String> BETWEEN_RELEASES = List.of("0.1.0-before-json");

    private static final Set<String> STAGES = Set.of("admission", "delivery");

    private final List<SchemaResolution.Decodable<T>> candidates;

    private ReleasedSchemas(List<SchemaResolution.Decodable<T>> candidates) {
        this.candidates = List.copyOf(candidates);
    }

    public static <T extends SpecificRecord> ReleasedSchemas<T> of(Class<T> type) {
        List<Schema> schemas = new ArrayList<>();
        schemas.add(SpecificData.get().getSchema(type));
        Stream.concat(RELEASES.stream(), BETWEEN_RELEASES.stream())
                .forEach(version -> released(version, type.getSimpleName()).ifPresent(schemas::add));
        List<SchemaResolution.Decodable<T>> candidates = new ArrayList<>();
        for (Schema schema : schemas) {
            boolean isNew = candidates.stream().noneMatch(each -> RegisteredForm.registeredForm(each.written())
                    .equals(RegisteredForm.registeredForm(schema)));
            if (isNew && SchemaResolution.of(schema, type) instanceof SchemaResolution.Decodable<T> decodable) {
                candidates.add(decodable);
            }
        }
        return new ReleasedSchemas<>(candidates);
    }

    /** Empty if a release did not have the record yet. */
    static Optional<Schema> released(String release, String record) {
        String name = "/io/usageflow/schema/released/" + release + "/" + record + ".avsc";
        try (InputStream in = ReleasedSchemas.class.getResourceAsStream(name)) {
            return in == null ? Optional.empty() : Optional.of(new Schema.Parser().parse(in));
        } catch (IOException e) {
            throw new UncheckedIOException("the schema " + name + " cannot be read from our own jar", e);
        }
    }

    /**
     * The record, if exactly one reading of the bytes passes.
     *
     * @param value in the wire format; its schema id is ignored
     */
    public Optional<T> read(byte[] value) {
        if (value.length < WireFormat.HEADER_BYTES || value[0] != WireFormat.MAGIC) {
            return Optional.empty();
        }
        Optional<T> proved = Optional.empty();
        for (SchemaResolution.Decodable<T> candidate : candidates) {
            Optional<T> read = read(candidate, value);
            if (read.isPresent() && proved.isPresent() && !read.equals(proved)) {
                return Optional.empty();
            }
            proved = read.isPresent() ? read : proved;
        }
        return proved;
    }

    private static <T extends SpecificRecord> Optional<T> read(SchemaResolution.Decodable<T> candidate, byte[] value) {
        try {
            EncodingBounds.require(candidate.written(), value, WireFormat.HEADER_BYTES);
            byte[] rewritten = rewritten(candidate.written(), value);
            if (!Arrays.equals(value, WireFormat.HEADER_BYTES, value.length, rewritten, 0, rewritten.length)) {
                return Optional.empty();
            }
            T record = candidate.read(value);
            return isPlausible(record) ? Optional.of(record) : Optional.empty();
        } catch (SerializationException another) {
            return Optional.empty();
        }
    }

    private static byte[] rewritten(Schema schema, byte[] value) {
        try {
            int length = value.length - WireFormat.HEADER_BYTES;
            GenericRecord record = new InOrder(schema)
                    .read(null, DecoderFactory.get().binaryDecoder(value, WireFormat.HEADER_BYTES, length, null));
            ByteArrayOutputStream out = new ByteArrayOutputStream(length);
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
            encoder.flush();
            return out.toByteArray();
        } catch (IOException | RuntimeException another) {
            throw new SerializationException("not written with this schema", another);
        }
    }

    /** Keeps map entries in the order in which they were written. */
    private static final class InOrder extends GenericDatumReader<GenericRecord> {
        InOrder(Schema schema) {
            // Avro's fast reader does not call newMap.
            super(schema, schema, new GenericData().setFastReaderEnabled(false));
        }

        @Override
        protected Object newMap(Object old, int size) {
            return new LinkedHashMap<>();
        }
    }

    /** Checks that every record of the forwarder passes. */
    private static boolean isPlausible(SpecificRecord record) {
        if (record instanceof DeliverableEvent event) {
            return isIdOf(event.getCredytEventId(), event.getAccountId(), event.getEventId());
        }
        if (record instanceof Receipt receipt) {
            return isIdOf(receipt.getCredytEventId(), receipt.getAccountId(), receipt.getEventId())
                    && Set.of("ACCEPTED", "ALREADY_KNOWN").contains(receipt.getOutcome());
        }
        if (record instanceof DeadLetter letter) {
            return STAGES.contains(letter.getStage())
                    && Uuids.parse(letter.getId()).isPresent();
        }
        if (record instanceof DeadLetterMark mark) {
            return Set.of("REPLAYED", "DISCARDED").contains(mark.getState());
        }
        if (record instanceof LedgerEntry entry) {
            return STAGES.contains(entry.getStage()) && entry.getPartition() >= 0;
        }
        // Not all event rules: they may be stricter than when the event was admitted.
        return !(record instanceof UsageEvent event)
                || (!event.getId().isEmpty() && !event.getAccountId().isEmpty());
    }

    private static boolean isIdOf(String credytId, String account, String id) {
        return CredytIds.ofEvent(account, id).toString().equals(credytId);
    }
}
