package io.usageflow.forwarder.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.testing.DeadLetterWorld;
import io.usageflow.schema.Cost;
import io.usageflow.schema.Fix;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.UsageEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventFixTest {
    private final UsageEvent event = DeadLetterWorld.event("evt_1", "acct_1");

    @Test
    void shouldSetEveryFieldAndSayWhatItWas() {
        assertThat(fix("event_type=chat")).containsExactly(new Fix("event_type", "image_generated", "chat"));
        assertThat(fix("account_id=acct_2")).containsExactly(new Fix("account_id", "acct_1", "acct_2"));
        assertThat(fix("customer_id=cust_1")).containsExactly(new Fix("customer_id", null, "cust_1"));
        assertThat(fix("customer_external_id=acme")).containsExactly(new Fix("customer_external_id", null, "acme"));
        assertThat(fix("occurred_at=2026-11-24T10:00:00+01:00"))
                .containsExactly(new Fix("occurred_at", "2026-11-23T09:59:00.123456Z", "2026-11-24T09:00:00Z"));
        assertThat(fix("subject=a=b c")).containsExactly(new Fix("subject", null, "a=b c"));
        assertThat(fix("description=d")).containsExactly(new Fix("description", null, "d"));

        assertThat(event.getEventType()).isEqualTo("chat");
        assertThat(event.getAccountId()).isEqualTo("acct_2");
        assertThat(event.getCustomerId()).isEqualTo("cust_1");
        assertThat(event.getCustomerExternalId()).isEqualTo("acme");
        assertThat(event.getOccurredAt()).isEqualTo(Instant.parse("2026-11-24T09:00:00Z"));
        assertThat(event.getSubject()).isEqualTo("a=b c");
        assertThat(event.getDescription()).isEqualTo("d");
    }

    @Test
    void shouldTakeOutWhatMayBeAbsent() {
        event.setCustomerId("cust_1");

        assertThat(fix("customer_id=")).containsExactly(new Fix("customer_id", "cust_1", null));
        assertThat(fix("data.model=")).containsExactly(new Fix("data.model", "m-1", null));

        assertThat(event.getCustomerId()).isNull();
        assertThat(event.getData()).containsOnlyKeys("images");
    }

    @Test
    void shouldSayNothingWhereNothingChanges() {
        assertThat(fix("event_type=image_generated")).isEmpty();
        assertThat(fix("data.images=3")).isEmpty();
        assertThat(fix("costs[0].amount=0.01610")).isEmpty();
        assertThat(fix("subject=")).isEmpty();
    }

    @Test
    void shouldTakeDataAsJsonWouldAndTheRestAsText() {
        fix("data.a=12");
        fix("data.b=0.10");
        fix("data.c=true");
        fix("data.d=null");
        fix("data.e=plain text");
        fix("data.f=\"12\"");
        fix("data.g={\"x\":[1]}");
        fix("data.h=123456789012345678901234567890123456789");
        fix("data.i=007");

        assertThat(event.getData())
                .containsEntry("a", 12L)
                .containsEntry("b", new BigDecimal("0.10"))
                .containsEntry("c", true)
                .containsEntry("d", null)
                .containsEntry("e", "plain text")
                .containsEntry("f", "12")
                .containsEntry("g", new JsonValue("{\"x\":[1]}"))
                .containsEntry("h", new JsonValue("123456789012345678901234567890123456789"))
                .containsEntry("i", "007");
    }

    @Test
    void shouldTellTextFromWhatLooksTheSame() {
        fix("data.images=\"3\"");

        assertThat(event.getData()).containsEntry("images", "3");
        assertThat(fix("data.images=3")).containsExactly(new Fix("data.images", "\"3\"", "3"));
    }

    @Test
    void shouldCorrectOneCostOrAll() {
        event.setCosts(List.of(cost("a", "1.50"), cost("b", "2")));

        assertThat(fix("costs[1].currency=EUR")).containsExactly(new Fix("costs[1].currency", "USD", "EUR"));
        assertThat(fix("costs[*].amount=2")).containsExactly(new Fix("costs[0].amount", "1.5", "2"));
        assertThat(fix("costs[*].description=x")).hasSize(2);

        assertThat(event.getCosts().get(0).getAmount()).isEqualByComparingTo("2");
        assertThatThrownBy(() -> fix("costs[2].vendor=x")).hasMessageContaining("the event has 2 costs");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "=x",
                "event_typ=x",
                "id=x",
                "data.=1",
                "costs[0].id=x",
                "costs[].amount=1",
                "event_type=",
                "costs[*].currency=",
                "occurred_at=yesterday",
                "costs[0].amount=1e5",
                "costs[0].amount=0.0000000000000000001",
                "data.x={\"a\":",
                "data.x=[1] 2"
            })
    void shouldRefuseWhatIsWrongForEveryEvent(String text) {
        assertThatThrownBy(() -> EventFix.parse(text))
                .isInstanceOf(EventFix.BadFixException.class)
                .hasMessageStartingWith("--set ");
    }

    @Test
    void shouldSuggestWhatWasMeant() {
        assertThatThrownBy(() -> EventFix.parse("event_typ=x")).hasMessageEndingWith("did you mean event_type?");
        assertThatThrownBy(() -> EventFix.parse("zzz=x")).hasMessageContaining("costs[N|*].currency");
    }

    @Test
    void shouldKnowWhatIsBilled() {
        assertThat(List.of("event_type=x", "account_id=x", "customer_id=x", "data.k=1", "costs[*].vendor=x"))
                .allMatch(text -> EventFix.parse(text).isBillable());
        assertThat(List.of("subject=x", "description=x", "costs[0].description=x", "occurred_at=2026-11-24T09:00:00Z"))
                .noneMatch(text -> EventFix.parse(text).isBillable());
    }

    private List<Fix> fix(String text) {
        return EventFix.parse(text).apply(event);
    }

    private static Cost cost(String vendor, String amount) {
        return new Cost(null, vendor, null, new BigDecimal(amount), "USD", Map.of());
    }
}
