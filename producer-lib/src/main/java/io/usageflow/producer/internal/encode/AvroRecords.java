package io.usageflow.producer.internal.encode;

import io.usageflow.producer.Cost;
import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.VendorRef;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.Source;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.rule.EventRules;
import io.usageflow.schema.rule.LinkRules;
import io.usageflow.schema.rule.Violation;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Creates the Avro records of events and links, checked by the same rules as in admission. Immutable, thread-safe; no
 * I/O. Shared by the publisher and its test kit, so that a test sees the record that would be sent.
 */
public final class AvroRecords {
    /** Magic byte and schema id, before the Avro body. */
    private static final int WIRE_HEADER_BYTES = 5;

    private final Source source;
    private final int eventBytesMax;

    /**
     * @param source the publishing service; shared by all events, never changed
     * @param eventBytesMax bound of an encoded event
     */
    public AvroRecords(Source source, int eventBytesMax) {
        this.source = source;
        this.eventBytesMax = eventBytesMax;
    }

    /**
     * Encodes the event as its Avro record.
     *
     * @throws InvalidUsageEventException naming the fields that break a rule; {@link #checkSize} checks the size
     */
    @SuppressWarnings("NullAway") // The generated constructor does not declare that optional fields take null.
    public io.usageflow.schema.UsageEvent event(UsageEvent event) {
        var avro = new io.usageflow.schema.UsageEvent(
                event.id() == null ? null : event.id().value(),
                event.eventType(),
                event.occurredAt(),
                event.account(),
                event.customerId().orElse(null),
                event.customerExternalId().orElse(null),
                event.subject().orElse(null),
                event.description().orElse(null),
                event.data(),
                costs(event.costs()),
                source);
        refuseIfAny(EventRules.violations(avro));
        return avro;
    }

    @SuppressWarnings("NullAway") // as above
    public static CustomerLink link(String account, CustomerRef customer, Instant now) {
        var reference = new CredytReference(
                customer.kind(), customer.value(), customer.credytAccount().orElse(null));
        var link = new CustomerLink(account, reference, now);
        refuseIfAny(LinkRules.violations(link));
        return link;
    }

    @SuppressWarnings("NullAway") // as above
    public static VendorLink link(String vendor, VendorRef reference, Instant now) {
        var named = new CredytReference(
                reference.kind(), reference.value(), reference.credytAccount().orElse(null));
        var link = new VendorLink(vendor, named, now);
        refuseIfAny(LinkRules.violations(link));
        return link;
    }

    /**
     * Refuses an event that is too large.
     *
     * @param wireBytes size of the record value, wire header included
     */
    public void checkSize(int wireBytes) {
        if (wireBytes > eventBytesMax) {
            EventRules.sizeViolation(wireBytes, eventBytesMax).ifPresent(violation -> refuseIfAny(List.of(violation)));
        }
    }

    /** The size of the record value. Does not ask the registry for the schema id. */
    public static int wireBytes(SpecificRecord avro) {
        return WIRE_HEADER_BYTES + EncodedSize.of(avro);
    }

    /**
     * The value that removes a link: null.
     *
     * @throws InvalidUsageEventException if there is a violation
     */
    public static @Nullable SpecificRecord tombstone(List<Violation> violations) {
        refuseIfAny(violations);
        return null;
    }

    /**
     * Refuses the violations, if there are any.
     *
     * @throws InvalidUsageEventException if there is one
     */
    public static void refuseIfAny(List<Violation> violations) {
        if (!violations.isEmpty()) {
            throw new InvalidUsageEventException(violations);
        }
    }

    private static List<io.usageflow.schema.Cost> costs(List<Cost> costs) {
        if (costs.isEmpty()) {
            return List.of();
        }
        List<io.usageflow.schema.Cost> avro = new ArrayList<>(costs.size());
        for (Cost cost : costs) {
            avro.add(cost(cost));
        }
        return avro;
    }

    @SuppressWarnings("NullAway") // as above
    private static io.usageflow.schema.Cost cost(@Nullable Cost cost) {
        if (cost == null) {
            throw new InvalidUsageEventException("costs", "costs contains null: give a Cost, or do not call cost");
        }
        return new io.usageflow.schema.Cost(
                cost.id(), cost.vendor(), cost.description(), cost.amount(), cost.currency(), cost.metadata());
    }

    /** The size of a record in Avro binary: encodes it, and counts the bytes without keeping them. */
    private static final class EncodedSize {
        private EncodedSize() {}

        static int of(SpecificRecord avro) {
            Count count = new Count();
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(count, null);
            try {
                new SpecificDatumWriter<SpecificRecord>(avro.getSchema(), SpecificData.getForClass(avro.getClass()))
                        .write(avro, encoder);
                encoder.flush();
            } catch (IOException e) {
                throw new UncheckedIOException("counting bytes must not do I/O", e);
            }
            return count.bytes;
        }

        private static final class Count extends OutputStream {
            private int bytes;

            @Override
            public void write(int b) {
                bytes++;
            }

            @Override
            public void write(byte[] buffer, int offset, int length) {
                bytes += length;
            }
        }
    }
}
