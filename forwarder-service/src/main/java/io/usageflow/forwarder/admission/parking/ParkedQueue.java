package io.usageflow.forwarder.admission.parking;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.admission.links.Resolution.Missing;
import io.usageflow.forwarder.admission.links.Resolution.Reason;
import io.usageflow.forwarder.admission.links.Resolution.Unresolved;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * The queue of one account's parked events. Immutable. An empty queue is not stored.
 *
 * @param head sequence number of the oldest event
 * @param next sequence number of the next event
 * @param headSince when the oldest event was parked
 * @param waitsFor what the oldest event waits for
 */
public record ParkedQueue(long head, long next, Instant headSince, Unresolved waitsFor) {
    static ParkedQueue startedAt(Instant now, Unresolved waitsFor) {
        return new ParkedQueue(0, 0, now, waitsFor);
    }

    ParkedQueue added() {
        return new ParkedQueue(head, next + 1, headSince, waitsFor);
    }

    /** The queue without its oldest event. */
    ParkedQueue advanced() {
        return new ParkedQueue(head + 1, next, headSince, waitsFor);
    }

    ParkedQueue waitingSince(Instant since) {
        return new ParkedQueue(head, next, since, waitsFor);
    }

    ParkedQueue waitingFor(Unresolved link) {
        return new ParkedQueue(head, next, headSince, link);
    }

    long count() {
        return next - head;
    }

    boolean isEmpty() {
        return head == next;
    }

    byte[] toBytes() {
        // A name has no line break.
        byte[] name = waitsFor.detail()
                .map(detail -> waitsFor.name() + "\n" + detail)
                .orElse(waitsFor.name())
                .getBytes(UTF_8);
        return ByteBuffer.allocate(3 * Long.BYTES + 1 + name.length)
                .putLong(head)
                .putLong(next)
                .putLong(headSince.toEpochMilli())
                .put((byte) letter(waitsFor))
                .put(name)
                .array();
    }

    static ParkedQueue fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        long head = in.getLong();
        long next = in.getLong();
        Instant headSince = Instant.ofEpochMilli(in.getLong());
        byte letter = in.get();
        String name = new String(bytes, in.position(), in.remaining(), UTF_8);
        return new ParkedQueue(head, next, headSince, unlinked(letter, name));
    }

    private static char letter(Unresolved waitsFor) {
        return switch (waitsFor.reason()) {
            case NO_LINK -> waitsFor.missing() == Missing.CUSTOMER ? 'c' : 'v';
            case LINK_UNREADABLE -> 'u';
            case EVENT_UNREADABLE -> 'e';
            case NOT_BILLABLE -> 'b';
            case CATALOGUE_NOT_READ -> 'r';
        };
    }

    private static Unresolved unlinked(byte letter, String name) {
        return switch (letter) {
            case 'c' -> new Unresolved(Missing.CUSTOMER, name);
            case 'e' -> new Unresolved(Missing.CUSTOMER, name, Reason.EVENT_UNREADABLE);
            case 'u' -> new Unresolved(Missing.VENDOR, name, Reason.LINK_UNREADABLE);
            case 'b' -> {
                int end = name.indexOf('\n');
                yield Unresolved.notBillable(name.substring(0, end), name.substring(end + 1));
            }
            case 'r' -> Unresolved.catalogueNotRead(name);
            default -> new Unresolved(Missing.VENDOR, name);
        };
    }
}
