package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.Resolution.Missing;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * The queue of one account's parked events. Immutable; its methods are the only steps it can take. An empty queue is
 * not kept.
 *
 * @param head sequence number of the oldest event
 * @param next sequence number the next event will get
 * @param headSince when the oldest event was parked
 * @param missing which link the oldest event waits for; those behind it wait for it
 */
record ParkedQueue(long head, long next, Instant headSince, Missing missing) {
    static ParkedQueue startedAt(Instant now, Missing missing) {
        return new ParkedQueue(0, 0, now, missing);
    }

    ParkedQueue added() {
        return new ParkedQueue(head, next + 1, headSince, missing);
    }

    /** After the oldest left. */
    ParkedQueue advanced() {
        return new ParkedQueue(head + 1, next, headSince, missing);
    }

    /** The head is known to have been parked then and to wait for that. */
    ParkedQueue waiting(Instant since, Missing forWhat) {
        return new ParkedQueue(head, next, since, forWhat);
    }

    long count() {
        return next - head;
    }

    byte[] toBytes() {
        return ByteBuffer.allocate(3 * Long.BYTES + 1)
                .putLong(head)
                .putLong(next)
                .putLong(headSince.toEpochMilli())
                .put((byte) (missing == Missing.CUSTOMER ? 'c' : 'v'))
                .array();
    }

    static ParkedQueue fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new ParkedQueue(
                in.getLong(),
                in.getLong(),
                Instant.ofEpochMilli(in.getLong()),
                in.get() == 'c' ? Missing.CUSTOMER : Missing.VENDOR);
    }
}
