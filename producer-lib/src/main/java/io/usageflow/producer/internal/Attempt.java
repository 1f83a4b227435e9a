package io.usageflow.producer.internal;

/** What came of handing a parcel to Kafka. */
enum Attempt {
    /** The parcel is out of the lane's hands: Kafka has it and will complete it, or it failed for good and was told so. */
    TAKEN,
    /** Nothing happened: Kafka's metadata or the registry is not there yet. The same parcel may be offered again. */
    LATER,
    /** Nothing happened: Kafka's buffer is full. */
    NO_ROOM
}
