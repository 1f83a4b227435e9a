package io.usageflow.producer.internal;

/** The way from a lane to one topic. Thread-safe; never throws. */
interface Outlet {
    /**
     * Does ahead of time what the first record would have to wait for: registers the schema, fetches metadata. May block;
     * never called on a caller's thread.
     *
     * @return whether a record would now pass without waiting
     */
    boolean warm();

    /**
     * Encodes the parcel where that is not done yet. Asks the registry only for what {@link #warm} or an earlier record
     * has not learned.
     *
     * @return whether the parcel is encoded; if not, {@link #attempt} says what becomes of it
     */
    boolean encode(Parcel<?> parcel);

    /** Encodes the parcel where that is not done yet, and hands it to Kafka. */
    Attempt attempt(Parcel<?> parcel);
}
