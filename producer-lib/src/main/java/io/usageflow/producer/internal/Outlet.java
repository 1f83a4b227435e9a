package io.usageflow.producer.internal;

/** The way from a lane to one topic. Thread-safe. */
interface Outlet {
    /**
     * Does ahead of time what the first record would have to wait for: registers the schema, fetches metadata. May block;
     * never called on a caller's thread.
     *
     * @return whether a record would now pass without waiting
     */
    boolean warm();

    /**
     * Encodes the parcel. Asks the registry only for what {@link #warm} or an earlier record has not learned.
     *
     * @return TAKEN when it failed for good and the parcel was told so; LATER when the registry is away; null when it is
     *     encoded
     */
    @org.jspecify.annotations.Nullable Attempt encode(Parcel<?> parcel);

    /** Encodes the parcel where that is not yet done, and hands it to Kafka. Never throws. */
    Attempt attempt(Parcel<?> parcel);
}
