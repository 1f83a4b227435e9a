package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.Events.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.streams.SourceTopics;
import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.rule.EventRules;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/** Admission writes the JSON that Credyt receives, unless the record would then be too large for its topic. */
class DeliverableJsonTopologyTest extends TopologyFixture {
    @Test
    void shouldWriteTheJsonOfAdmittedReleasedAndReplayedEvents() {
        admission.publish(event("admitted"));
        admission.publish(event("parked", "acct_2"));
        admission.linkCustomer("acct_2", "cust-2");
        admission.replay(event("replayed"), "0197c1d2-7a5b-7c3e-9f10-2b4c6d8e0f12");

        List<DeliverableEvent> delivered = admission.delivered();

        assertThat(delivered)
                .extracting(DeliverableEvent::getEventId)
                .containsExactly("admitted", "parked", "replayed");
        assertThat(delivered).allSatisfy(deliverable -> {
            UsageEvent event = event(deliverable.getEventId(), deliverable.getAccountId());
            assertThat(deliverable.getJson()).isEqualTo(ByteBuffer.wrap(EventJson.event(deliverable, event)));
            assertThat(text(deliverable.getJson())).contains("\"total_tokens\":1500", "\"amount\":0.0161");
        });
    }

    @Test
    void shouldLeaveTheJsonToDeliveryWhereTheRecordWouldNotFit() {
        UsageEvent plain = large("plain", 'a');
        UsageEvent escaped = large("escaped", '\u0001'); // six bytes each in JSON
        assertThat(admission.publish(plain)).hasSizeBetween(250_000, EventRules.EVENT_BYTES_MAX);
        assertThat(admission.publish(escaped)).hasSizeBetween(250_000, EventRules.EVENT_BYTES_MAX);

        List<TestRecord<byte[], byte[]>> records = admission.deliveredRecords();

        assertThat(records)
                .allSatisfy(record -> assertThat(record.value()).hasSizeLessThan(SourceTopics.MESSAGE_BYTES_DEFAULT));
        List<DeliverableEvent> delivered = records.stream()
                .map(record -> admission.decode("usage.deliverable", record.value(), DeliverableEvent.class))
                .toList();
        assertThat(delivered.get(0).getJson()).isEqualTo(ByteBuffer.wrap(EventJson.event(delivered.get(0), plain)));
        assertThat(delivered.get(1).getEventId()).isEqualTo("escaped");
        assertThat(delivered.get(1).getJson()).isNull();
    }

    @Test
    void shouldHaveNoJsonOfWhatJsonCannotSay() {
        UsageEvent broken = event("broken");
        broken.setData(Map.of("raw", new JsonValue("{ no json")));
        DeliverableEvent deliverable = new DeliverableEvent();
        deliverable.setCredytEventId("7d444840-9dc0-11d1-b245-5ffdce74fad2");

        assertThat(AdmissionSinks.json(deliverable, broken)).isEmpty();
    }

    private static UsageEvent large(String id, char filler) {
        UsageEvent event = event(id);
        Map<String, Object> data = new HashMap<>();
        for (int i = 0; i < 32; i++) {
            data.put("text" + i, String.valueOf(filler).repeat(8_100));
        }
        event.setData(data);
        return event;
    }

    private static String text(ByteBuffer bytes) {
        return UTF_8.decode(bytes.duplicate()).toString();
    }
}
