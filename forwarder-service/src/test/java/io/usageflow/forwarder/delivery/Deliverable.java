package io.usageflow.forwarder.delivery;

import io.usageflow.schema.Cost;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.CredytIds;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * An event as admission hands it on. No two have the same content.
 *
 * @param vendor of its only cost
 */
record Deliverable(UsageEvent event, String vendor) {
    static final String VENDOR = "openai";
    static final String UNKNOWN_VENDOR = "no-such-vendor";

    /** An event of this account, whose customer at Credyt has the same external id. */
    static Deliverable event(String account, int number) {
        return event(account, number, VENDOR);
    }

    /** An event that the sandbox refuses: nobody there knows its vendor. */
    static Deliverable poison(String account, int number) {
        return event(account, number, UNKNOWN_VENDOR);
    }

    /** Refused too, for a reason of its own: the sandbox knows no such currency. */
    static Deliverable wrongCurrency(String account, int number) {
        Deliverable deliverable = event(account, number);
        deliverable.event.getCosts().get(0).setCurrency("dollars");
        return deliverable;
    }

    /** It cannot even be written as JSON, so admission leaves it to delivery. */
    static Deliverable unsayable(String account, int number) {
        Deliverable deliverable = event(account, number);
        deliverable.event.setData(Map.of("raw", new JsonValue("{ no json")));
        return deliverable;
    }

    boolean isUnsayable() {
        return event.getData().containsKey("raw");
    }

    /** {@code count} events of each of {@code accounts} accounts from a number on, in turns. */
    static List<Deliverable> events(int accounts, int from, int count) {
        List<Deliverable> events = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            for (int account = 0; account < accounts; account++) {
                events.add(event("acct_" + account, i));
            }
        }
        return events;
    }

    static Set<String> ids(List<Deliverable> events) {
        Set<String> ids = new HashSet<>();
        events.forEach(event -> ids.add(event.credytId()));
        return ids;
    }

    private static Deliverable event(String account, int number, String vendor) {
        UUID id = UUID.nameUUIDFromBytes((account + "/" + number).getBytes(StandardCharsets.UTF_8));
        UsageEvent event = UsageEvent.newBuilder()
                .setId(id.toString())
                .setEventType("message_completed")
                .setOccurredAt(Instant.now().truncatedTo(ChronoUnit.MICROS))
                .setAccountId(account)
                .setSubject("chat")
                .setData(Map.of("total_tokens", 1500L + number, "model", "gpt-4"))
                .setCosts(List.of(Cost.newBuilder()
                        .setVendor(vendor)
                        .setAmount(new BigDecimal("0.016100000000000000").add(BigDecimal.valueOf(number, 9)))
                        .setCurrency("USD")
                        .build()))
                .build();
        return new Deliverable(event, vendor);
    }

    String account() {
        return event.getAccountId();
    }

    String credytId() {
        return CredytIds.ofEvent(event.getAccountId(), event.getId()).toString();
    }
}
