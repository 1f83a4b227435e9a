package io.usageflow.schema.serde;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.Cost;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerDeliveryState;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.Fix;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.OriginalHeader;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.Source;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** Valid records of our schemas, every field set; tests override what they are about. The golden files hold these. */
public final class SampleRecords {
    public static final BigDecimal SMALLEST = new BigDecimal("0.000000000000000001");
    public static final BigDecimal LARGEST = new BigDecimal("99999999999999999999.999999999999999999");

    private static final Instant MORNING = Instant.parse("2026-03-04T05:06:07.123Z");
    private static final String EVENT_ID = "0197c1d2-7a5b-7c3e-9f10-2b4c6d8e0f12";

    private SampleRecords() {}

    public static Map<String, Object> registryAt(String url) {
        return Map.of("schema.registry.url", url);
    }

    /** One of each record that stands as a value on a topic. */
    public static List<SpecificRecord> oneOfEach() {
        return List.of(
                event(),
                customerLink(),
                vendorLink(),
                deliverable(),
                deliveryState(),
                receipt(),
                deadLetter(),
                deadLetterMark(),
                ledgerEntry());
    }

    public static UsageEvent event() {
        return UsageEvent.newBuilder()
                .setId(EVENT_ID)
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
        return new CredytReference(ReferenceKind.EXTERNAL_ID, "cust-42", null);
    }

    public static CustomerLink customerLink() {
        return new CustomerLink("acct_42", reference(), MORNING);
    }

    public static VendorLink vendorLink() {
        return new VendorLink("openai", new CredytReference(ReferenceKind.CREDYT_ID, "vnd_1", null), MORNING);
    }

    public static SourceCoordinates coordinates() {
        return new SourceCoordinates("usage.events", 3, 1_234_567_890_123L, MORNING, "3vQ8mXWcTbqN0x-_aZ0b1A");
    }

    public static DeliverableEvent deliverable() {
        return DeliverableEvent.newBuilder()
                .setEventId("req-1")
                .setAccountId("acct_42")
                .setCredytEventId(EVENT_ID)
                .setCustomer(reference())
                .setVendors(Map.of("openai", new CredytReference(ReferenceKind.CREDYT_ID, "vnd_1", null)))
                .setSource(coordinates())
                .setAdmittedAt(MORNING)
                .setReplayOf("5f2f4d0e-0b4c-5b0b-9f6d-2f1c8a7e6d35")
                .setEvent(bytes("\0\0\0\0\7original"))
                .setJson(bytes("{\"id\":\"" + EVENT_ID + "\"}"))
                .build();
    }

    public static CustomerDeliveryState deliveryState() {
        return new CustomerDeliveryState(reference(), MORNING, true, "404 customer_not_found", MORNING, null);
    }

    public static Receipt receipt() {
        return new Receipt(
                "req-1",
                "acct_42",
                EVENT_ID,
                reference(),
                "ACCEPTED",
                202,
                2,
                MORNING,
                coordinates(),
                5,
                99L,
                "kHsFb1cWTbqN0x-_aZ0b1A",
                "ANSWER");
    }

    public static DeadLetter deadLetter() {
        return DeadLetter.newBuilder()
                .setId("5f2f4d0e-0b4c-5b0b-9f6d-2f1c8a7e6d35")
                .setEventId("req-1")
                .setAccountId("acct_42")
                .setEventType("message_completed")
                .setStage("delivery")
                .setReason("REJECTED")
                .setDetail("costs[0].currency is unknown to Credyt")
                .setHttpStatus(422)
                .setResponseExcerpt("{\"errors\":[]}")
                .setAttempts(3)
                .setFirstFailedAt(MORNING)
                .setLastFailedAt(MORNING.plusSeconds(9))
                .setSource(coordinates())
                .setOriginalKey(bytes("acct_42"))
                .setOriginalValue(bytes("\0\0\0\0\7original"))
                .setOriginalHeaders(List.of(new OriginalHeader("traceparent", bytes("00-1-2-01"))))
                .setAttributes(Map.of("fingerprint", "0123456789abcdef"))
                .setVersion("0.1.0")
                .setReplayOf("c1a7f0d2-6a0e-5b7b-8f0a-9b8f5d2e7a21")
                .build();
    }

    public static DeadLetterMark deadLetterMark() {
        return new DeadLetterMark(
                "5f2f4d0e-0b4c-5b0b-9f6d-2f1c8a7e6d35",
                "REPLAYED",
                "ops",
                "currency corrected",
                "job-7",
                MORNING,
                List.of(new Fix("costs[0].currency", "US", "USD")),
                MORNING);
    }

    public static LedgerEntry ledgerEntry() {
        return new LedgerEntry(
                "admission",
                3,
                Map.of("received", 9_007_199_254_740_993L),
                MORNING,
                42L,
                Map.of("usage.events", "cluster/topic"));
    }

    /** The record as it comes back: decimals have the schema's scale. Changes and returns its argument. */
    public static <T extends SpecificRecord> T withFullScale(T datum) {
        if (datum instanceof UsageEvent event) {
            event.getCosts().forEach(cost -> cost.setAmount(cost.getAmount().setScale(18)));
            event.getData()
                    .replaceAll((name, value) -> value instanceof BigDecimal number ? number.setScale(18) : value);
        }
        return datum;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
