package io.usageflow.producer.internal.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.Cost;
import io.usageflow.producer.EventId;
import io.usageflow.producer.LogCapture;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.internal.encode.AvroRecords;
import io.usageflow.schema.Source;
import io.usageflow.schema.serde.AvroSerdes;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuspectIdDetectorTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Serializer<io.usageflow.schema.UsageEvent> SERIALIZER =
            AvroSerdes.valueSerializer(Map.of("schema.registry.url", "mock://id-check"));

    private final AvroRecords form = new AvroRecords(new Source("s", "i", "v"), 262_144);
    private final PublisherCounters counters = new PublisherCounters();

    @AutoClose
    private final LogCapture logs = LogCapture.ofEverything();

    private long now = 1;
    private final SuspectIdDetector check = new SuspectIdDetector(true, counters, () -> now);

    @Test
    void shouldWarnOnceOfTheSameUsageAtTheSameTimeUnderOtherIds() {
        for (int line = 0; line < 10; line++) {
            publish(line(line));
            publish(line(line));
        }

        assertThat(counters.suspectIds()).isEqualTo(10);
        assertThat(logs.lines("EventId.derive"))
                .singleElement()
                .asString()
                .contains("event_type=call")
                .contains("EventId.derive(\\\"call\\\", <its key>)")
                .contains("publish.check.ids=false")
                .doesNotContain("secret");
    }

    @Test
    void shouldTakeThreeForChance() {
        for (int line = 0; line < 3; line++) {
            publish(line(line));
            publish(line(line));
        }

        assertThat(counters.suspectIds()).isEqualTo(3);
        assertThat(logs.lines("EventId.derive")).isEmpty();
    }

    @Test
    void shouldNotSuspectTheSameIdOrADerivedOne() {
        for (int line = 0; line < 10; line++) {
            UsageEvent event = line(line);
            publish(event);
            publish(event);
            publish(line(line + 100).id(EventId.derive("a", line)));
            publish(line(line + 100).id(EventId.derive("b", line)));
        }

        assertThat(counters.suspectIds()).isZero();
    }

    @Test
    void shouldSuspectOnlyWhatSaysTheSame() {
        UsageEvent event = line(1);
        publish(event);
        for (UnaryOperator<UsageEvent> other : java.util.List.<UnaryOperator<UsageEvent>>of(
                e -> e.account("other"),
                e -> e.eventType("other"),
                e -> e.subject("other"),
                e -> e.customerId("other"),
                e -> e.description("other"),
                e -> e.occurredAt(NOON.plusNanos(1_000_001_000)),
                e -> e.data("secret", 43),
                e -> e.data("more", 1),
                e -> e.cost(Cost.of("v", BigDecimal.ONE, "USD")))) {
            publish(other.apply(line(1)).id(EventId.generate()));
            publish(other.apply(line(1)).id(EventId.generate()).data("n", 2));
        }

        assertThat(counters.suspectIds()).isZero();
    }

    @Test
    void shouldNotCompareUsageWithoutATimeOfItsOwnWhileNothingFails() {
        for (int i = 0; i < 100; i++) {
            publish(click());
        }

        assertThat(counters.suspectIds()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSuspectARetryUnderAFreshIdAfterAFailure(boolean encoded) {
        for (int chat = 0; chat < 4; chat++) {
            UsageEvent event = click().subject("chat-" + chat);
            publish(event);
            fail(event, encoded);
            publish(click().subject("chat-" + chat));
            publish(click().subject("chat-" + chat));
        }

        assertThat(counters.suspectIds()).as("one repeat for one failure").isEqualTo(4);
        assertThat(logs.lines("EventId.derive")).hasSize(1);
    }

    @Test
    void shouldNotSuspectARetryOfTheSameValueOrOneMuchLaterOrWithoutASubject() {
        UsageEvent event = click().subject("chat");
        fail(event, true);
        publish(event);
        now += SuspectIdDetector.FAILED_NANOS;
        publish(click().subject("chat"));
        fail(click(), true);
        publish(click());

        assertThat(counters.suspectIds()).isZero();
    }

    @Test
    void shouldDoNothingWhenSwitchedOff() {
        SuspectIdDetector off = new SuspectIdDetector(false, counters, () -> now);
        for (int line = 0; line < 10; line++) {
            off.onPublish(form.event(line(line)), true);
            off.onPublish(form.event(line(line)), true);
        }

        assertThat(counters.suspectIds()).isZero();
    }

    private void publish(UsageEvent event) {
        check.onPublish(form.event(event), event.isTimeGiven());
    }

    private void fail(UsageEvent event, boolean encoded) {
        io.usageflow.schema.UsageEvent avro = form.event(event);
        PendingRecord<String> record = new PendingRecord<>(
                avro.getId(), avro.getAccountId(), avro, null, (id, at) -> id, new PendingRecords(counters));
        if (encoded) {
            record.encodedAs(SERIALIZER.serialize("t", avro));
        }
        check.onFailure(record);
    }

    /** Of an import: the time is the usage's own. */
    private static UsageEvent line(int n) {
        return click().subject("s").occurredAt(NOON).data("n", n);
    }

    private static UsageEvent click() {
        return UsageEvent.of("call")
                .account("acct")
                .data("secret", 42)
                .data("share", new BigDecimal("0.25"))
                .data("model", "m")
                .cost(Cost.of("vendor", new BigDecimal("0.10"), "USD"));
    }
}
