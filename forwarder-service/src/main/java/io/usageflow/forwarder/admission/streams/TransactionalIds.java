package io.usageflow.forwarder.admission.streams;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which transactional id a stream thread writes under: a thread that takes a dead one's place takes its id too.
 * Thread-safe.
 *
 * <p>Kafka Streams gives the new thread a new number and so a new id. What the dead thread's transaction left open would
 * then have no owner: its offsets could not be read and its partitions would not be read past it, for ever. Under the old id
 * the new thread's {@code initTransactions} ends it. So the ids of a process are always the first ones, also after its
 * next start.
 */
final class TransactionalIds {
    private final Map<String, String> byThread = new HashMap<>();
    private final Map<String, String> bequests = new HashMap<>();

    /** @param dying from now on its id belongs to the thread that it makes */
    synchronized void handOver(String dying) {
        String id = byThread.remove(dying);
        if (id != null) {
            bequests.put(dying, id);
        }
    }

    /**
     * @param thread the stream thread that is to write, also when it only gets a new producer
     * @param maker the thread that asks: the one that dies makes its successor, before anything else
     * @param given the id that Streams chose
     */
    synchronized String of(String thread, String maker, String given) {
        @Nullable String own = byThread.get(thread);
        if (own != null) {
            return own;
        }
        @Nullable String bequeathed = bequests.remove(maker);
        String id = bequeathed == null ? given : bequeathed;
        byThread.put(thread, id);
        return id;
    }

    /** Whether the thread has not given its id away. */
    synchronized boolean owns(String thread, String id) {
        return id.equals(byThread.get(thread));
    }
}
