package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerBalance.Finding;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.sandbox.SandboxEvent;
import io.usageflow.schema.Cost;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.CredytIds;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Guarantee: every admitted event is at Credyt exactly once, with its own content, or it is a dead letter with the right
 * reason and the original bytes; each has one receipt or one dead letter; the ledger says so for every partition; and no
 * request broke a rule on its way. What is expected comes from what was admitted, never from what delivery says.
 *
 * <p>For when all is settled: {@link DeliveryWorld#awaitAllCommitted}.
 */
final class SettledOnce {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final DeliveryWorld world;
    private final Map<String, UsageEvent> admitted;

    SettledOnce(DeliveryWorld world) {
        this.world = world;
        this.admitted = world.admitted();
    }

    /** @param dead what must be a dead letter and why, by Credyt's id; all else that was admitted must be delivered */
    void check(Map<String, DeadLetterReason> dead) {
        check(dead.keySet());
        Map<String, String> expected = new HashMap<>();
        dead.forEach((id, reason) -> expected.put(id, reason.name()));
        Map<String, String> actual = new HashMap<>();
        deadLetters().forEach(letter -> actual.put(letter.id, letter.reason));
        assertThat(actual).as("reasons of the dead letters").isEqualTo(expected);
    }

    /** As {@link #check(Map)}, whatever the reasons are. */
    void check(Set<String> dead) {
        assertThat(admitted.keySet()).as("dead, of what was admitted").containsAll(dead);
        Set<String> delivered = new HashSet<>(admitted.keySet());
        delivered.removeAll(dead);
        checkCredyt(delivered);
        List<String> receipts =
                world.receipts().stream().map(Receipt::getCredytEventId).toList();
        assertThat(receipts).as("receipts").doesNotHaveDuplicates();
        assertSame("receipts", receipts, delivered);
        checkDeadLetters(dead);
        checkBooks(delivered.size(), dead.size());
        assertThat(world.sightings().violations()).as("on the wire").isEmpty();
    }

    /** What was delivered of each account stands at Credyt in the order in which it was admitted. */
    void checkOrder() {
        Map<String, List<String>> expected = new TreeMap<>();
        Map<String, List<String>> actual = new TreeMap<>();
        List<String> ids = world.sandbox.eventIds();
        Set<String> delivered = new HashSet<>(ids);
        admitted.forEach((id, event) -> {
            if (delivered.contains(id)) {
                expected.computeIfAbsent(event.getAccountId(), a -> new ArrayList<>())
                        .add(id);
            }
        });
        ids.forEach(id -> actual.computeIfAbsent(admitted.get(id).getAccountId(), a -> new ArrayList<>())
                .add(id));
        actual.forEach((account, order) -> assertThat(order.equals(expected.get(account)))
                .as("order of " + account)
                .isTrue());
    }

    private void checkCredyt(Set<String> delivered) {
        List<String> there = world.sandbox.eventIds();
        assertThat(new HashSet<>(there)).as("each id once at Credyt").hasSameSizeAs(there);
        assertSame("at Credyt", there, delivered);
        assertThat(world.sandbox.conflicts()).as("content under an id").isEmpty();
        List<String> wrong = there.stream()
                .flatMap(id -> difference(id).map(what -> id + ": " + what).stream())
                .limit(5)
                .toList();
        assertThat(wrong).as("content at Credyt").isEmpty();
    }

    /** What of the event at Credyt is not what was published. */
    private Optional<String> difference(String id) {
        UsageEvent published = admitted.get(id);
        Map<String, Object> actual = contentOf(world.sandbox.event(id).orElseThrow());
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("customer", published.getAccountId());
        expected.put("event_type", published.getEventType());
        expected.put("occurred_at", published.getOccurredAt());
        expected.put("subject", published.getSubject());
        published.getData().forEach((key, value) -> expected.put("data." + key, value.toString()));
        for (int i = 0; i < published.getCosts().size(); i++) {
            Cost cost = published.getCosts().get(i);
            expected.put(
                    "cost." + i,
                    List.of(
                            CredytIds.ofCost(UUID.fromString(id), Optional.empty(), i)
                                    .toString(),
                            cost.getVendor(),
                            cost.getAmount().stripTrailingZeros(),
                            cost.getCurrency()));
        }
        return expected.equals(actual) ? Optional.empty() : Optional.of(actual + " instead of " + expected);
    }

    private static Map<String, Object> contentOf(SandboxEvent event) {
        JsonNode json;
        try {
            json = JSON.readTree(event.json());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(event.json(), impossible);
        }
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("customer", event.customer());
        content.put("event_type", json.path("event_type").textValue());
        content.put("occurred_at", Instant.parse(json.path("occurred_at").textValue()));
        content.put("subject", json.path("subject").textValue());
        json.path("data")
                .properties()
                .forEach(entry ->
                        content.put("data." + entry.getKey(), entry.getValue().asText()));
        for (int i = 0; i < json.path("costs").size(); i++) {
            JsonNode cost = json.path("costs").path(i);
            content.put(
                    "cost." + i,
                    List.of(
                            cost.path("id").textValue(),
                            cost.path("vendor_external_id").textValue(),
                            new BigDecimal(cost.path("amount").asText()).stripTrailingZeros(),
                            cost.path("currency").textValue()));
        }
        return content;
    }

    private record Dead(String id, String reason) {}

    private List<Dead> deadLetters() {
        List<Dead> dead = new ArrayList<>();
        world.deadLetters().forEach(letter -> {
            // By the bytes it keeps and not by what it says of itself: from these it is replayed.
            UsageEvent original = world.published(letter.getOriginalValue());
            String id =
                    CredytIds.ofEvent(original.getAccountId(), original.getId()).toString();
            assertThat(original).as("original value of " + id).isEqualTo(admitted.get(id));
            dead.add(new Dead(id, letter.getReason()));
        });
        return dead;
    }

    private void checkDeadLetters(Set<String> dead) {
        List<String> ids = deadLetters().stream().map(Dead::id).toList();
        assertThat(ids).as("dead letters").doesNotHaveDuplicates();
        assertSame("dead letters", ids, dead);
    }

    private void checkBooks(int delivered, int dead) {
        LedgerBalance books = LedgerBalance.of(world.ledgerEntries());
        assertThat(books.findings())
                .as("books; admission has none here, so that delivery must be ahead of it")
                .allMatch(finding -> finding.kind() == Finding.Kind.AHEAD);
        Map<Integer, Long> received = new TreeMap<>();
        books.partitions()
                .forEach(partition ->
                        received.put(partition.partition(), partition.delivery().get(LedgerCounter.RECEIVED.key())));
        assertThat(received).as("received, by partition").isEqualTo(world.admittedByPartition());
        assertThat(books.total(LedgerBalance.DELIVERY, LedgerCounter.DELIVERED))
                .as("delivered")
                .isEqualTo(delivered);
        assertThat(books.total(LedgerBalance.DELIVERY, LedgerCounter.DEAD_LETTERED))
                .as("dead-lettered")
                .isEqualTo(dead);
    }

    /** Set equality that shows the difference and not a thousand ids. */
    static void assertSame(String what, Collection<String> actual, Set<String> expected) {
        Set<String> missing = new HashSet<>(expected);
        missing.removeAll(new HashSet<>(actual));
        Set<String> surplus = new HashSet<>(actual);
        surplus.removeAll(expected);
        assertThat(missing).as(what + ", missing").isEmpty();
        assertThat(surplus).as(what + ", surplus").isEmpty();
    }
}
