package io.usageflow.producer.internal.transport;

import io.usageflow.producer.SpoolStatus;
import io.usageflow.producer.internal.accounting.PendingRecord;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.topic.Topics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/** Takes records to their topics: directly to Kafka, or through the local spool. Thread-safe. */
public interface Transport {
    /**
     * Encodes the record if that does not block.
     *
     * @return the size of its value on the wire, encoded or not
     */
    int encodedBytes(TopicKind kind, PendingRecord<?> record);

    /** Accepts the record, or fails it. Returns at once, or within the time that a caller may wait for room. */
    void accept(TopicKind kind, PendingRecord<?> record);

    /** From now on every record is refused. */
    void stopAccepting();

    /** Sends accepted records without lingering while {@code waiting} runs. */
    void flushWhile(Runnable waiting);

    /** After {@link #stopAccepting}: ends, and fails every record that is not durable. */
    void close(long deadlineNanos);

    /** Empty without a spool. */
    Optional<SpoolStatus> spool();

    /** The topics that a publisher writes to. */
    enum TopicKind {
        EVENTS("events"),
        CUSTOMER_LINKS("customer-links"),
        VENDOR_LINKS("vendor-links");

        @SuppressWarnings("NullAway") // as in probe
        private static final CredytReference REFERENCE = new CredytReference(ReferenceKind.EXTERNAL_ID, "-", null);

        private final String label;

        TopicKind(String label) {
            this.label = label;
        }

        /** Names the topic in client ids and in the spool's directories. */
        String label() {
            return label;
        }

        String topic(Topics topics) {
            return switch (this) {
                case EVENTS -> topics.events();
                case CUSTOMER_LINKS -> topics.customerLinks();
                case VENDOR_LINKS -> topics.vendorLinks();
            };
        }

        /** A record that is encoded ahead of time, to register the topic's schema. Never sent. */
        // With the constructor: the generated builder looks up each default in Avro's list of trusted classes, which
        // has
        // none
        // of ours.
        @SuppressWarnings("NullAway") // The generated constructor does not declare that optional fields take null.
        public SpecificRecord probe() {
            return switch (this) {
                case EVENTS ->
                    new UsageEvent("-", "-", Instant.EPOCH, "-", null, null, null, null, Map.of(), List.of(), null);
                case CUSTOMER_LINKS -> new CustomerLink("-", REFERENCE, Instant.EPOCH);
                case VENDOR_LINKS -> new VendorLink("-", REFERENCE, Instant.EPOCH);
            };
        }
    }
}
