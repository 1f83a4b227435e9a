package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.delivery.queue.Customer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.CRC32;

/**
 * Sends through another sink and keeps an eye on what may never be: an id in two requests in flight, two requests of one
 * customer (with {@code delivery.order=customer}), other bytes under an id that was sent before.
 */
final class WatchedSink implements EventSink {
    private static final int ID_FROM = "{\"id\":\"".length();
    private static final int ID_LENGTH = 36;

    private final EventSink sink;
    private final Sightings sightings;
    private final Set<String> idsInFlight = new HashSet<>();
    private final Set<Customer> customersInFlight = new HashSet<>();

    /** What was seen of all instances and sessions of a test. Thread-safe. */
    static final class Sightings {
        private final Map<String, Long> contents = new ConcurrentHashMap<>();
        private final Queue<String> violations = new ConcurrentLinkedQueue<>();

        /** Empty where all was well. */
        List<String> violations() {
            return List.copyOf(violations);
        }
    }

    WatchedSink(EventSink sink, Sightings sightings) {
        this.sink = sink;
        this.sightings = sightings;
    }

    @Override
    public CompletionStage<Answer> deliver(Request request) {
        Map<String, byte[]> events = new HashMap<>();
        request.events().forEach(event -> events.put(id(event), event));
        if (events.size() < request.events().size()) {
            sightings.violations.add("an id stands twice in a request of " + request.customer());
        }
        leaves(request, events);
        return sink.deliver(request).whenComplete((answer, broken) -> arrived(request, events.keySet()));
    }

    @Override
    public CompletionStage<Answer> find(Customer customer, String credytId) {
        return sink.find(customer, credytId);
    }

    private synchronized void leaves(Request request, Map<String, byte[]> events) {
        if (!customersInFlight.add(request.customer())) {
            sightings.violations.add("two requests in flight of " + request.customer());
        }
        events.forEach((id, event) -> {
            if (!idsInFlight.add(id)) {
                sightings.violations.add("in two requests in flight: " + id);
            }
            long content = fingerprint(event);
            Long before = sightings.contents.putIfAbsent(id, content);
            if (before != null && before != content) {
                sightings.violations.add("other bytes under an id that was sent before: " + id);
            }
        });
    }

    private synchronized void arrived(Request request, Set<String> ids) {
        customersInFlight.remove(request.customer());
        idsInFlight.removeAll(ids);
    }

    private static String id(byte[] event) {
        return new String(event, ID_FROM, ID_LENGTH, StandardCharsets.US_ASCII);
    }

    private static long fingerprint(byte[] event) {
        CRC32 crc = new CRC32();
        crc.update(event);
        return crc.getValue() << 32 | event.length;
    }

    @Override
    public Duration answersWithin() {
        return sink.answersWithin();
    }

    @Override
    public void close() {
        sink.close();
    }
}
