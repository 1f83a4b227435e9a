package io.usageflow.producer.internal;

/** What came of handing a parcel to Kafka. */
enum Attempt {
    /** Kafka has it and will complete it. */
    TAKEN,
    /** It failed for good, and its future says so. */
    FAILED,
    /** Nothing happened: Kafka's metadata or the registry is not there yet. The same parcel may be offered again. */
    LATER,
    /** Nothing happened: Kafka's buffer is full. */
    NO_ROOM
}
