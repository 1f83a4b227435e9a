package io.usageflow.schema.serde;

import io.usageflow.schema.Cost;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.Source;
import io.usageflow.schema.UsageEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Valid records of our schemas; tests override what they are about. */
public final class SampleRecords {
    public static final BigDecimal SMALLEST = new BigDecimal("0.000000000000000001");
    public static final BigDecimal LARGEST = new BigDecimal("99999999999999999999.999999999999999999");

    private SampleRecords() {}

    public static UsageEvent event() {
        return UsageEvent.newBuilder()
                .setId("0197c1d2-7a5b-7c3e-9f10-2b4c6d8e0f12")
                .setEventType("message_completed")
                .setOccurredAt(Instant.parse("2026-03-04T05:06:07.123456Z"))
                .setAccountId("acct_42")
                .setCustomerExternalId("cust-ü-42")
                .setSubject("chat_9")
                .setDescription("a message, completed")
                .setData(data())
                .setCosts(List.of(cost(new BigDecimal("0.0161")), cost(SMALLEST), cost(LARGEST.negate())))
                .setSource(Source.newBuilder()
                        .setService("chat")
                        .setInstance("chat-1")
                        .setLibraryVersion("0.1.0")
                        .build())
                .build();
    }

    public static Map<String, Object> data() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("model", "gpt-4");
        data.put("total_tokens", 1500L);
        data.put("cached", true);
        data.put("nothing", null);
        data.put("seconds", new BigDecimal("12.5"));
        data.put("tools", new JsonValue("{\"search\":[1,2.5e400]}"));
        return data;
    }

    public static Cost cost(BigDecimal amount) {
        return Cost.newBuilder()
                .setVendor("openai")
                .setAmount(amount)
                .setCurrency("USD")
                .setMetadata(Map.of("region", "eu"))
                .build();
    }

    public static CredytReference reference() {
        return new CredytReference(ReferenceKind.EXTERNAL_ID, "cust-42");
    }
}
