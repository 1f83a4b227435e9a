package io.usageflow.forwarder.credyt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.schema.Cost;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventJsonTest {
    private static final String ID = "0b1f2c3d-4e5f-6071-8293-a4b5c6d7e8f9";

    private static UsageEvent.Builder event() {
        return UsageEvent.newBuilder()
                .setId(ID)
                .setEventType("message_completed")
                .setOccurredAt(Instant.parse("2026-11-23T10:00:00.123456Z"))
                .setAccountId("acct_1")
                .setData(Map.of())
                .setCosts(List.of());
    }

    private static DeliverableEvent deliverable(Map<String, CredytReference> vendors) {
        return DeliverableEvent.newBuilder()
                .setEventId(ID)
                .setAccountId("acct_1")
                .setCredytEventId(ID)
                .setCustomer(new CredytReference(ReferenceKind.EXTERNAL_ID, "acct_1", null))
                .setVendors(vendors)
                .setSource(new SourceCoordinates("usage.events", 0, 0L, Instant.EPOCH, null))
                .setAdmittedAt(Instant.EPOCH)
                .setEvent(ByteBuffer.allocate(0))
                .build();
    }

    private static String json(UsageEvent.Builder event) {
        return new String(
                EventJson.event(
                        deliverable(Map.of(
                                "openai", new CredytReference(ReferenceKind.EXTERNAL_ID, "openai-ext", null),
                                "azure", new CredytReference(ReferenceKind.CREDYT_ID, "vnd_1", null))),
                        event.build()),
                StandardCharsets.UTF_8);
    }

    private static Cost cost(String amount) {
        return Cost.newBuilder()
                .setVendor("openai")
                .setAmount(new BigDecimal(amount))
                .setCurrency("USD")
                .setMetadata(Map.of())
                .build();
    }

    @Test
    void shouldWriteTheSmallestEvent() {
        assertThat(json(event()))
                .isEqualTo("{\"id\":\"" + ID + "\",\"event_type\":\"message_completed\","
                        + "\"occurred_at\":\"2026-11-23T10:00:00.123456Z\"}");
    }

    @Test
    void shouldWriteNamesWithEqualHashesAsAnyOthers() {
        String names = IntStream.range(0, 2_048)
                .mapToObj(i -> IntStream.range(0, 11)
                        .mapToObj(bit -> (i >> bit & 1) == 0 ? "Ab" : "BA")
                        .collect(Collectors.joining("", "\"", "\":1")))
                .collect(Collectors.joining(",", "{", "}"));

        assertThat(json(event().setData(Map.of("nested", new JsonValue(names)))))
                .contains(names);
    }

    @Test
    void shouldWriteEverythingInOneOrderWhateverTheMapsOrder() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("z", 1L);
        data.put("a", true);
        data.put("nothing", null);
        data.put("text", "\"quoted\" \u00fc \n");
        data.put("deep", new JsonValue("{\"n\":[1.10,2e400]}"));
        Map<String, Object> other = new HashMap<>(data);
        Cost full = Cost.newBuilder()
                .setId("mine")
                .setVendor("azure")
                .setDescription("d")
                .setAmount(new BigDecimal("0.16"))
                .setCurrency("EUR")
                .setMetadata(Map.of("b", "2", "a", "1"))
                .build();
        String first = json(
                event().setSubject("chat").setDescription("said").setData(data).setCosts(List.of(cost("1"), full)));

        assertThat(json(event().setSubject("chat")
                        .setDescription("said")
                        .setData(other)
                        .setCosts(List.of(cost("1"), full))))
                .isEqualTo(first);
        assertThat(first)
                .contains("\"data\":{\"a\":true,\"deep\":{\"n\":[1.10,2e400]},\"nothing\":null,"
                        + "\"text\":\"\\\"quoted\\\" \u00fc \\n\",\"z\":1}")
                .contains("\"vendor_external_id\":\"openai-ext\",\"amount\":1,\"currency\":\"USD\"}")
                .contains("\"vendor_id\":\"vnd_1\",\"description\":\"d\",\"amount\":0.16,\"currency\":\"EUR\","
                        + "\"metadata\":{\"a\":\"1\",\"b\":\"2\"}}")
                .doesNotContain("acct_1");
    }

    @ParameterizedTest
    @CsvSource({
        "0.016100000000000000,0.0161",
        "0.000000000000000001,0.000000000000000001",
        "0.000000000000000000,0",
        "1000000,1000000",
        "1E+3,1000",
        "12345678901234567890.123456789012345678,12345678901234567890.123456789012345678",
        "0.10,0.1"
    })
    void shouldWriteAmountsPlainAndExact(String amount, String written) {
        assertThat(json(event().setCosts(List.of(cost(amount))))).contains("\"amount\":" + written + ",");
        assertThat(json(event().setData(Map.of("n", new BigDecimal(amount))))).contains("{\"n\":" + written + "}");
    }

    @Test
    void shouldDeriveCostIdsThatStayTheSame() throws IOException {
        String first = json(event().setCosts(List.of(cost("1"), cost("1"))));
        assertThat(json(event().setCosts(List.of(cost("1"), cost("1"))))).isEqualTo(first);
        var costs = new ObjectMapper().readTree(first).path("costs");
        assertThat(costs.get(0).path("id").asText())
                .isNotEqualTo(costs.get(1).path("id").asText());
        assertThat(UUID.fromString(costs.get(0).path("id").asText())).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T10:00:00Z,2026-11-23T10:00:00.000000Z",
        "2026-11-23T10:00:00.5Z,2026-11-23T10:00:00.500000Z",
        "1969-12-31T23:59:59.999999Z,1969-12-31T23:59:59.999999Z",
        "2024-02-29T00:00:00.000001Z,2024-02-29T00:00:00.000001Z",
        "0001-01-01T00:00:00Z,0001-01-01T00:00:00.000000Z",
        "9999-12-31T23:59:59.999999Z,9999-12-31T23:59:59.999999Z"
    })
    void shouldWriteTimesWithMicroseconds(String time, String written) {
        assertThat(json(event().setOccurredAt(Instant.parse(time)))).contains("\"occurred_at\":\"" + written + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "1 2", "", "{\"a\":1}}", "nul", "{\"a\":1},\"id\":\"other\""})
    void shouldRefuseAJsonValueThatIsNotOneValue(String json) {
        assertThatThrownBy(() -> json(event().setData(Map.of("raw", new JsonValue(json)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("data.raw");
    }

    @Test
    void shouldRefuseACostWhoseVendorIsNotResolved() {
        Cost stranger = Cost.newBuilder(cost("1")).setVendor("stranger").build();
        assertThatThrownBy(() -> json(event().setCosts(List.of(stranger))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stranger");
    }

    @Test
    void shouldRefuseANumberThatWouldFillARequestWithZeros() {
        assertThatThrownBy(() -> json(event().setData(Map.of("n", new BigDecimal("1E-10000")))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("scale");
    }

    @Test
    void shouldPutEventsIntoOneRequestOfOneCustomer() {
        List<byte[]> events =
                List.of("{\"a\":1}".getBytes(StandardCharsets.UTF_8), "{}".getBytes(StandardCharsets.UTF_8));
        assertThat(new String(EventJson.body(true, "a\"b", events), StandardCharsets.UTF_8))
                .isEqualTo("{\"customer_external_id\":\"a\\\"b\",\"events\":[{\"a\":1},{}]}");
        assertThat(new String(
                        EventJson.body(false, "cust_1", Collections.singletonList(events.get(1))),
                        StandardCharsets.UTF_8))
                .isEqualTo("{\"customer_id\":\"cust_1\",\"events\":[{}]}");
    }
}
