package io.usageflow.sandbox;

import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Valid bodies; a test overrides the one thing that it is about. */
final class Bodies {
    private Bodies() {}

    static String newId() {
        return UUID.randomUUID().toString();
    }

    static String event(String id) {
        return event(id, 1500);
    }

    static String event(String id, long tokens) {
        return """
                {"id": "%s", "event_type": "message_completed", "occurred_at": "2026-01-31T12:00:00.123Z",
                 "subject": "chat_9", "description": "a message",
                 "data": {"model": "gpt-4", "total_tokens": %d}}""".formatted(id, tokens);
    }

    static String eventWithCost(String id, String vendor, String amount) {
        return """
                {"id": "%s", "event_type": "message_completed", "occurred_at": "2026-01-31T12:00:00.123456Z",
                 "subject": "chat_9", "data": {"model": "gpt-4", "total_tokens": 1500},
                 "costs": [{"id": "%s", "vendor_external_id": "%s", "description": "tokens", "amount": %s,
                            "currency": "USD", "metadata": {"region": "eu"}}]}""".formatted(id, newId(), vendor, amount);
    }

    static String batch(String customerExternalId, String... events) {
        return "{\"customer_external_id\": \"%s\", \"events\": [%s]}"
                .formatted(customerExternalId, String.join(",", events));
    }

    static List<String> newIds(int count) {
        return IntStream.range(0, count).mapToObj(i -> newId()).collect(Collectors.toList());
    }
}
