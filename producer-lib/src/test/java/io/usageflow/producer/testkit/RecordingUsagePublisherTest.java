package io.usageflow.producer.testkit;

import static io.usageflow.producer.testkit.PublisherAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.producer.BufferFullException;
import io.usageflow.producer.Cost;
import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.EventId;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.PublisherClosedException;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.VendorRef;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecordingUsagePublisherTest {
    private final RecordingUsagePublisher publisher = new RecordingUsagePublisher();

    @Test
    void shouldRecordWhatWouldBeSent() {
        publisher.publish(UsageEvent.of("message_completed")
                .account("acct_42")
                .subject("chat_9")
                .data("model", "gpt-4")
                .data("total_tokens", 1500)
                .cost(Cost.of("openai", new BigDecimal("0.0161"), "USD")));

        assertThat(publisher)
                .hasPublished(1)
                .published("message_completed")
                .hasAccount("acct_42")
                .hasSubject("chat_9")
                .hasData("model", "gpt-4")
                .hasData("total_tokens", 1500)
                .hasCost("openai", new BigDecimal("0.0161"), "USD");
    }

    @Test
    void shouldAnswerWithTheIdThatWasSent() throws Exception {
        EventId id = EventId.derive("message", 7);

        var receipt = publisher.publish(valid().id(id)).get();

        assertThat(receipt.eventId()).isEqualTo(id.value());
        assertThat(receipt.topic()).isEqualTo("usage.events");
        assertThat(publisher).published("t").hasId(id);
    }

    @Test
    void shouldRecordCostsKnownApart() {
        publisher.publishCost(EventId.derive("invoice", 1), "acct", Cost.of("openai", new BigDecimal("12.50"), "EUR"));

        assertThat(publisher)
                .published("cost_recorded")
                .hasId(EventId.derive("invoice", 1))
                .hasCost("openai", new BigDecimal("12.5"), "EUR");
    }

    @Test
    void shouldFailAsManyAsToldAndRecordNoneOfThem() {
        publisher.failNext(1);

        var failed = publisher.publish(valid());
        var passed = publisher.publish(valid());

        assertThat(failed)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(NotDurableException.class);
        assertThat(passed).isCompleted();
        assertThat(publisher).hasPublished(1);
    }

    @Test
    void shouldFailAsTold() {
        publisher.failNext(2, id -> new BufferFullException(id, 1));

        assertThat(publisher.linkCustomer("acct", CustomerRef.externalId("u")))
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(BufferFullException.class);
        assertThat(publisher.customerLinks()).isEmpty();
    }

    @Test
    void shouldKeepLinksAsTheyStand() {
        publisher.linkCustomer("a", CustomerRef.externalId("u1"));
        publisher.linkCustomer("a", CustomerRef.credytId("cust_1"));
        publisher.linkCustomer("b", CustomerRef.externalId("u2"));
        publisher.unlinkCustomer("b");
        publisher.linkVendor("openai", VendorRef.credytId("vnd_1"));

        assertThat(publisher.customerLinks()).isEqualTo(Map.of("a", CustomerRef.credytId("cust_1")));
        assertThat(publisher.vendorLinks()).isEqualTo(Map.of("openai", VendorRef.credytId("vnd_1")));
    }

    @Test
    void shouldRefuseAfterClosing() {
        publisher.close();

        assertThat(publisher.publish(valid()))
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(PublisherClosedException.class);
        assertThat(publisher.isClosed()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void shouldRefuseAsTheRealOneWould(String field, Function<UsageEvent, UsageEvent> change) {
        assertThatThrownBy(() -> publisher.publish(change.apply(valid())))
                .isInstanceOfSatisfying(InvalidUsageEventException.class, e -> assertThat(e.field())
                        .isEqualTo(field))
                .hasMessageStartingWith(field + " ");
        assertThat(publisher).hasPublishedNothing();
    }

    static Stream<Arguments> shouldRefuseAsTheRealOneWould() {
        return Stream.of(
                invalid("id", e -> e.id("")),
                invalid("id", e -> e.id((EventId) null)),
                invalid("event_type", e -> e.eventType(null)),
                invalid("account_id", e -> e.account(null)),
                invalid("customer_id", e -> e.customerId("a").customerExternalId("b")),
                invalid("subject", e -> e.subject("x".repeat(257))),
                invalid("description", e -> e.description("\u001b[31m")),
                invalid("data", e -> e.data("", 1)),
                invalid("data", e -> e.data(null, 1)),
                invalid("data.k", e -> e.data("k", "x".repeat(8193))),
                invalid("costs[0].amount", e -> e.cost(Cost.of("v", new BigDecimal("-1"), "USD"))),
                invalid("costs[0].amount", e -> e.cost(Cost.of("v", null, "USD"))),
                invalid("costs[0].currency", e -> e.cost(Cost.of("v", BigDecimal.ONE, "usd"))),
                invalid("costs[0].vendor", e -> e.cost(Cost.of("", BigDecimal.ONE, "USD"))),
                invalid("costs", e -> e.cost(null)),
                invalid("event", RecordingUsagePublisherTest::tooLarge));
    }

    @Test
    void shouldTellEverythingThatIsWrong() {
        assertThatThrownBy(() -> publisher.publish(UsageEvent.of("").account("a\nb")))
                .hasMessage("event_type is empty: use 1 to 128 printable characters; account_id has the character"
                        + " U+000A at position 1: use 1 to 256 printable characters");
    }

    @Test
    void shouldRefuseLinksOfNothing() {
        assertThatThrownBy(() -> publisher.linkCustomer("", CustomerRef.externalId("u")))
                .isInstanceOf(InvalidUsageEventException.class);
        assertThatThrownBy(() -> publisher.linkCustomer("a", CustomerRef.externalId("")))
                .isInstanceOfSatisfying(InvalidUsageEventException.class, e -> assertThat(e.field())
                        .isEqualTo("customer.value"));
        assertThatThrownBy(() -> publisher.unlinkVendor(" ")).isInstanceOf(InvalidUsageEventException.class);
    }

    @Test
    void shouldSayWhatItExpectedInstead() {
        publisher.publish(valid().data("tokens", 7));

        assertThatThrownBy(() -> assertThat(publisher).published("t").hasData("tokens", 8))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("data.tokens")
                .hasMessageContaining("8");
        assertThatThrownBy(() -> assertThat(publisher).published("other"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("one event of type 'other'");
        assertThatThrownBy(() -> assertThat(publisher).published("t").hasCost("v", BigDecimal.ONE, "USD"))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> assertThat(publisher).hasPublishedNothing()).isInstanceOf(AssertionError.class);
    }

    @Test
    void shouldSeeAnIdThatWasPublishedTwice() {
        UsageEvent event = valid();
        publisher.publish(event);
        assertThat(publisher).hasNoRepeatedIds();

        publisher.publish(event);

        assertThatThrownBy(() -> assertThat(publisher).hasNoRepeatedIds()).isInstanceOf(AssertionError.class);
    }

    private static UsageEvent tooLarge(UsageEvent event) {
        UsageEvent large = event;
        for (int i = 0; i < 40; i++) {
            large = large.data("k" + i, "x".repeat(8000));
        }
        return large;
    }

    private static UsageEvent valid() {
        return UsageEvent.of("t").account("acct");
    }

    private static Arguments invalid(String field, Function<UsageEvent, UsageEvent> change) {
        return Arguments.of(field, change);
    }
}
