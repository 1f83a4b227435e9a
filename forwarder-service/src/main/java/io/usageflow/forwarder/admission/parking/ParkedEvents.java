package io.usageflow.forwarder.admission.parking;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.admission.links.Resolution.Missing;
import io.usageflow.forwarder.admission.links.Resolution.Unresolved;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The parked events of one partition: first in, first out for each account. Belongs to one task, so to one thread.
 *
 * <p>There are two stores. Events are on disk under (account, sequence number). Each account's {@link ParkedQueue} is
 * in memory, since every event needs to know whether its account has one. Events are read by their number: a scan would
 * step over the tombstones of all released events.
 */
public final class ParkedEvents {
    private final KeyValueStore<Bytes, byte[]> events;
    private final KeyValueStore<Bytes, byte[]> queues;
    private long count;

    public ParkedEvents(KeyValueStore<Bytes, byte[]> events, KeyValueStore<Bytes, byte[]> queues) {
        this.events = events;
        this.queues = queues;
        forEachQueue((account, queue) -> count += queue.count());
    }

    /** The number of events of all accounts. */
    public long count() {
        return count;
    }

    public boolean holds(String account) {
        return count > 0 && queues.get(accountKey(account)) != null;
    }

    /**
     * Parks an event. {@code waitsFor} counts only for the first event of an account; others wait for those before
     * them.
     */
    public void park(String account, ParkedEvent event, Unresolved waitsFor) {
        ParkedQueue queue = queue(account);
        if (queue == null) {
            queue = ParkedQueue.startedAt(event.parkedAt(), waitsFor);
        }
        events.put(eventKey(account, queue.next()), event.toBytes());
        queues.put(accountKey(account), queue.added().toBytes());
        count++;
    }

    /** Consumes an account's oldest event. */
    interface HeadConsumer {
        /** Called before each event, so that one account's many events do not block other accounts. */
        boolean hasTime();

        /**
         * Takes the event, or says what it still waits for.
         *
         * @param before what it waited for when it was offered before; empty if this is the first time
         * @return empty if the event left
         */
        Optional<Unresolved> take(ParkedEvent head, Optional<Unresolved> before);
    }

    /**
     * Offers the account's events, oldest first, until one has to stay or time is up. The queue is written once at the
     * end: a failure in between closes the task and aborts the transaction.
     *
     * @return false if time was up and more events may leave
     */
    boolean drain(String account, HeadConsumer taker) {
        ParkedQueue before = queue(account);
        if (before == null) {
            return true;
        }
        ParkedQueue queue = before;
        boolean settled = false;
        while (!settled && taker.hasTime()) {
            ParkedEvent head = event(account, queue.head());
            Optional<Unresolved> waitsFor =
                    taker.take(head, queue.head() == before.head() ? Optional.of(before.waitsFor()) : Optional.empty());
            if (waitsFor.isPresent()) {
                queue = queue.waitingSince(head.parkedAt()).waitingFor(waitsFor.get());
                settled = true;
            } else {
                events.put(eventKey(account, queue.head()), null);
                queue = queue.advanced();
                settled = queue.isEmpty();
            }
        }
        if (!settled && queue.head() != before.head()) {
            // The new head was not judged yet.
            queue = queue.waitingSince(event(account, queue.head()).parkedAt())
                    .waitingFor(
                            queue.waitsFor().isOfBilling()
                                    ? new Unresolved(Missing.CUSTOMER, account)
                                    : queue.waitsFor());
        }
        write(account, before, queue);
        return settled;
    }

    private void write(String account, ParkedQueue before, ParkedQueue after) {
        if (!after.equals(before)) {
            queues.put(accountKey(account), after.isEmpty() ? null : after.toBytes());
            count -= before.count() - after.count();
        }
    }

    public void forEachQueue(BiConsumer<String, ParkedQueue> action) {
        try (KeyValueIterator<Bytes, byte[]> all = queues.all()) {
            while (all.hasNext()) {
                KeyValue<Bytes, byte[]> entry = all.next();
                action.accept(new String(entry.key.get(), UTF_8), ParkedQueue.fromBytes(entry.value));
            }
        }
    }

    private @Nullable ParkedQueue queue(String account) {
        byte[] value = queues.get(accountKey(account));
        return value == null ? null : ParkedQueue.fromBytes(value);
    }

    private ParkedEvent event(String account, long sequence) {
        byte[] value = events.get(eventKey(account, sequence));
        if (value == null) {
            throw new IllegalStateException("parked event " + sequence + " of " + account
                    + " is in its queue but not in its store: the two stores are written in one"
                    + " transaction, so the state folder is damaged; stop, remove it, and restart");
        }
        return ParkedEvent.fromBytes(value);
    }

    private static Bytes accountKey(String account) {
        return Bytes.wrap(account.getBytes(UTF_8));
    }

    private static Bytes eventKey(String account, long sequence) {
        byte[] utf8 = account.getBytes(UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(utf8.length + Long.BYTES)
                .put(utf8)
                .putLong(sequence)
                .array());
    }
}
