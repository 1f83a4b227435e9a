package io.usageflow.producer.internal;

import io.usageflow.producer.SpoolStatus;
import java.util.Optional;

/** How parcels come to their topics: straight to Kafka, or by way of the local spool. Thread-safe. */
interface Passage {
    /** The topics, by what they hold. */
    enum Way {
        EVENTS("events"),
        CUSTOMER_LINKS("customer-links"),
        VENDOR_LINKS("vendor-links");

        private final String label;

        Way(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /**
     * Encodes the parcel if that needs no waiting.
     *
     * @return the length of its value on the wire, encoded or not
     */
    int measure(Way way, Parcel<?> parcel);

    /** Takes the parcel, or fails it. Returns at once, or within the time a caller may wait for room. */
    void accept(Way way, Parcel<?> parcel);

    /** From here on nothing is accepted. */
    void refuseNew();

    /** Makes haste while somebody waits for what was accepted. */
    void during(Runnable waiting);

    /** After {@link #refuseNew}: ends, and fails what it has not made durable. */
    void close(long deadlineNanos);

    /** Empty where there is no spool. */
    Optional<SpoolStatus> spool();
}
