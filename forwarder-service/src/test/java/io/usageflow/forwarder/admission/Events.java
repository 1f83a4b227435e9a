package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.check.AccountPartitioner;
import io.usageflow.schema.Cost;
import io.usageflow.schema.UsageEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Events that keep all rules until one thing is changed. */
public final class Events {
    public static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private Events() {}

    /** Of account {@code acct_1}, at noon, with one cost of vendor openai. */
    public static UsageEvent event(String id) {
        return UsageEvent.newBuilder()
                .setId(id)
                .setEventType("message_completed")
                .setOccurredAt(NOON)
                .setAccountId("acct_1")
                .setData(new HashMap<>(Map.of("model", "gpt-4", "total_tokens", 1500L)))
                .setCosts(new ArrayList<>(List.of(cost("openai", "0.0161"))))
                .build();
    }

    public static UsageEvent event(String id, String account) {
        UsageEvent event = event(id);
        event.setAccountId(account);
        return event;
    }

    public static Cost cost(String vendor, String amount) {
        return new Cost(null, vendor, null, new BigDecimal(amount), "USD", new HashMap<>());
    }

    /** Of account {@code acct_1}, with one cost of each of these vendors, or none. */
    static UsageEvent eventCosting(String id, String... vendors) {
        UsageEvent event = event(id);
        event.setCosts(new ArrayList<>());
        for (String vendor : vendors) {
            event.getCosts().add(cost(vendor, "1"));
        }
        return event;
    }

    /** The first of {@code acct_0}, {@code acct_1}... that lives there. */
    static String accountOfPartition(int partition, int partitions) {
        AccountPartitioner home = new AccountPartitioner(partitions);
        for (int i = 0; ; i++) {
            if (home.of("acct_" + i) == partition) {
                return "acct_" + i;
            }
        }
    }
}
