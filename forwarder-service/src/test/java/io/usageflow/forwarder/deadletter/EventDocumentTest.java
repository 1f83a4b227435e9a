package io.usageflow.forwarder.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.forwarder.testing.DeadLetterWorld;
import io.usageflow.schema.Cost;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.Source;
import io.usageflow.schema.UsageEvent;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventDocumentTest {
    private final UsageEvent event = DeadLetterWorld.event("evt_1", "acct_1");

    @Test
    void shouldSayWhatPublishTakes() throws Exception {
        event.setData(Map.of("images", 3L));

        assertThat(text()).isEqualTo("""
                {"id":"evt_1","event_type":"image_generated","occurred_at":"2026-11-23T09:59:00.123456Z",\
                "account_id":"acct_1","data":{"images":3},\
                "costs":[{"vendor":"openai","amount":0.0161,"currency":"USD"}]}""");
    }

    @Test
    void shouldLoseNothing() throws Exception {
        event.setCustomerId("cust_1");
        event.setSubject("s");
        event.setDescription("d");
        event.setSource(Source.newBuilder().setService("svc").setInstance("i").build());
        var data = new HashMap<String, Object>();
        data.put("absent", null);
        data.put("large", Long.MAX_VALUE);
        data.put("precise", new BigDecimal("12345678901234567890.123456789012345678"));
        data.put("round", new BigDecimal("1200.000000000000000000"));
        data.put("nested", new JsonValue("{\"b\":1.10,\n \"a\":[1e400],\"b\":2}"));
        data.put("torn", new JsonValue("{\"b\":"));
        data.put("two", new JsonValue("1 2"));
        event.setData(data);
        event.setCosts(List.of(new Cost("c1", "v", "what", new BigDecimal("0.10"), "EUR", Map.of("k", "v"))));

        assertThat(text())
                .contains("\"customer_id\":\"cust_1\"", "\"subject\":\"s\"", "\"description\":\"d\"")
                .contains("\"source\":{\"service\":\"svc\",\"instance\":\"i\"}")
                .contains("\"absent\":null", "\"large\":9223372036854775807", "\"round\":1200,")
                .contains("\"precise\":12345678901234567890.123456789012345678")
                .contains("\"nested\":{\"b\":1.10,  \"a\":[1e400],\"b\":2}")
                .contains("\"torn\":{\"not_json\":\"{\\\"b\\\":\"}", "\"two\":{\"not_json\":\"1 2\"}")
                .contains(
                        "{\"id\":\"c1\",\"vendor\":\"v\",\"description\":\"what\",\"amount\":0.1,\"currency\":\"EUR\","
                                + "\"metadata\":{\"k\":\"v\"}}");
    }

    private String text() throws Exception {
        return new ObjectMapper().writeValueAsString(EventDocument.of(event));
    }
}
