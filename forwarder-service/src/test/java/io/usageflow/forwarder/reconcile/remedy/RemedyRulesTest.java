package io.usageflow.forwarder.reconcile.remedy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.catalogue.Catalogue;
import io.usageflow.forwarder.catalogue.CatalogueQueries;
import io.usageflow.forwarder.catalogue.CatalogueReader;
import io.usageflow.forwarder.catalogue.SubscribedCustomers;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.forwarder.reconcile.EventRef.Position;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.RemedyIds;
import io.usageflow.forwarder.reconcile.remedy.Remedy.Outcome;
import io.usageflow.forwarder.reconcile.remedy.RemedyRequest.Audit;
import io.usageflow.forwarder.reconcile.remedy.RemedyRequest.Reasons;
import io.usageflow.forwarder.reconcile.remedy.RemedyRequest.Selection;
import io.usageflow.forwarder.reconcile.remedy.RemedyRules.Decision;
import io.usageflow.forwarder.reconcile.remedy.RemedyRules.FoundEvent;
import io.usageflow.forwarder.reconcile.remedy.ReportReader.ReportedFinding;
import io.usageflow.forwarder.replay.EventFix;
import io.usageflow.schema.Cost;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class RemedyRulesTest {
    private static final String CREDYT_ID = "846fb0d9-1fbf-514d-97b9-6fd833a4212f";
    private static final String NEW_ID = RemedyIds.sentAgain(CREDYT_ID).toString();
    private static final QueryResult ABSENT = new QueryResult.Absent();
    private static final QueryResult SILENT = new QueryResult.Unanswered("HTTP 400", true);
    private static final QueryResult UNBILLED = credyt("[]");
    private static final QueryResult BILLED = credyt("[{\"amount\": 0.04, \"asset\": \"USD\"}]");
    private static final QueryResult TWICE =
            credyt("[{\"amount\": 0.04, \"asset\": \"USD\"}, {\"amount\": 0.04, \"asset\": \"USD\"}]");
    private static final QueryResult TOO_LITTLE = credyt("[{\"amount\": 0.01, \"asset\": \"USD\"}]");

    private final Set<String> marks = new HashSet<>();
    private List<EventFix> fixes = List.of();
    private Optional<String> chargeReason = Optional.empty();

    @Test
    void shouldSendAnUnbilledEventAgainUnderItsDerivedId() throws Exception {
        UsageEvent event = event("image");

        Decision decision = decide(Kind.UNBILLED, event, UNBILLED, ABSENT);

        assertThat(decision).isInstanceOfSatisfying(Decision.SendAgain.class, again -> {
            assertThat(again.plan().outcome()).isEqualTo(Outcome.WOULD_SEND);
            assertThat(again.event().getId()).isEqualTo(NEW_ID);
            assertThat(again.event().getCustomerExternalId())
                    .describedAs("the customer that has the event, whatever the link says today")
                    .isEqualTo("acme");
            assertThat(again.event().getCosts())
                    .describedAs("recorded with the first event")
                    .isEmpty();
            assertThat(again.fixes()).extracting("field").containsExactly("id", "costs");
        });
    }

    @Test
    void shouldNotSendWhatMayBeBilledAlready() throws Exception {
        assertThat(outcome(Kind.UNBILLED, BILLED, ABSENT)).isEqualTo(Outcome.NOT_NEEDED);
        assertThat(outcome(Kind.UNBILLED, UNBILLED, BILLED)).isEqualTo(Outcome.SENT_BEFORE);
        assertThat(outcome(Kind.UNBILLED, UNBILLED, UNBILLED)).isEqualTo(Outcome.STILL_NOT_BILLABLE);
        assertThat(outcome(Kind.UNBILLED, UNBILLED, SILENT)).isEqualTo(Outcome.NO_ANSWER);
        assertThat(outcome(Kind.UNBILLED, SILENT, ABSENT)).isEqualTo(Outcome.NO_ANSWER);
        assertThat(outcome(Kind.UNBILLED, ABSENT, ABSENT)).isEqualTo(Outcome.NO_REMEDY);
        marks.add(RemedyIds.markOfSentAgain(CREDYT_ID));
        assertThat(outcome(Kind.UNBILLED, UNBILLED, ABSENT)).isEqualTo(Outcome.SENT_BEFORE);
    }

    @Test
    void shouldNotSpendTheNewIdOnAnEventThatWouldNotBeBilled() throws Exception {
        Decision unpriced = decide(Kind.UNBILLED, event("imge"), UNBILLED, ABSENT);
        assertThat(unpriced.plan().outcome()).isEqualTo(Outcome.STILL_NOT_BILLABLE);
        assertThat(unpriced.plan().detail()).contains("NO_PRICE_FOR_EVENT_TYPE", "did you mean image?");

        fixes = List.of(EventFix.parse("event_type=image"));
        Decision fixed = decide(Kind.UNBILLED, event("imge"), UNBILLED, ABSENT);
        assertThat(fixed).isInstanceOfSatisfying(Decision.SendAgain.class, again -> {
            assertThat(again.event().getEventType()).isEqualTo("image");
            assertThat(again.event().getId())
                    .describedAs("whatever was changed")
                    .isEqualTo(NEW_ID);
        });

        fixes = List.of(EventFix.parse("event_type= image"));
        assertThat(decide(Kind.UNBILLED, event("imge"), UNBILLED, ABSENT).plan().outcome())
                .isEqualTo(Outcome.INVALID);
    }

    @Test
    void shouldCorrectWhatIsCertainAndTakeNothingUnasked() throws Exception {
        Decision twice = decide(Kind.FEES_DOUBLE, event("image"), TWICE, ABSENT);
        assertThat(twice).isInstanceOfSatisfying(Decision.Adjust.class, adjust -> {
            assertThat(adjust.customerId()).isEqualTo("cust_1");
            assertThat(adjust.plan().outcome()).isEqualTo(Outcome.WOULD_ADJUST);
            assertThat(adjust.plan().amounts()).isEqualTo(Map.of("USD", new BigDecimal("0.04")));
        });
        assertThat(outcome(Kind.FEES_DOUBLE, BILLED, ABSENT)).isEqualTo(Outcome.NOT_NEEDED);
        assertThat(outcome(Kind.FEES_DOUBLE, UNBILLED, ABSENT)).isEqualTo(Outcome.NO_REMEDY);
        assertThat(outcome(Kind.FEES_DIFFER, credyt("[{\"amount\": 1}, {\"x\": 1}]"), ABSENT))
                .isEqualTo(Outcome.UNCERTAIN);
        assertThat(outcome(Kind.FEES_DIFFER, TOO_LITTLE, ABSENT)).isEqualTo(Outcome.NEEDS_CHARGE_REASON);

        chargeReason = Optional.of("usage");
        assertThat(decide(Kind.FEES_DIFFER, event("image"), TOO_LITTLE, ABSENT))
                .isInstanceOfSatisfying(Decision.Adjust.class, adjust -> assertThat(
                                adjust.plan().amounts())
                        .isEqualTo(Map.of("USD", new BigDecimal("-0.03"))));
        marks.add(RemedyIds.markOfAdjustment(CREDYT_ID));
        assertThat(outcome(Kind.FEES_DOUBLE, TWICE, ABSENT)).isEqualTo(Outcome.ADJUSTED_BEFORE);
    }

    @Test
    void shouldDeriveOtherIdsForOtherRemedies() {
        assertThat(Set.of(
                        RemedyIds.sentAgain(CREDYT_ID),
                        RemedyIds.sentAgain(NEW_ID),
                        RemedyIds.adjustment(CREDYT_ID, "USD"),
                        RemedyIds.adjustment(CREDYT_ID, "EUR")))
                .hasSize(4);
        // Fixed for ever: another id would bill events of earlier remedies a second time.
        assertThat(NEW_ID).isEqualTo("83f2f0ba-81ca-5748-ba84-e0fff9ff855d");
        assertThat(RemedyIds.adjustment(CREDYT_ID, "USD")).hasToString("109e8c00-ff94-55de-9dc5-c4b8749828a4");
    }

    private Outcome outcome(Kind kind, QueryResult atCredyt, QueryResult sentAgain) throws Exception {
        return decide(kind, event("image"), atCredyt, sentAgain).plan().outcome();
    }

    private Decision decide(Kind kind, UsageEvent event, QueryResult atCredyt, QueryResult sentAgain)
            throws InterruptedException {
        var found = new FoundEvent(
                new ReportedFinding(kind, "req-1", CREDYT_ID, "acct_1", new Position(0, 1)),
                new EventRef(
                        "req-1",
                        CREDYT_ID,
                        "acct_1",
                        new CredytReference(ReferenceKind.EXTERNAL_ID, "acme", null),
                        Optional.of(Instant.EPOCH),
                        Optional.of(event.getEventType()),
                        new Position(0, 1),
                        new Position(0, 2)),
                event,
                new RecordHeaders());
        var request = new RemedyRequest(
                Path.of("report.csv"),
                new Selection(Set.of(), Optional.empty(), Optional.empty()),
                true,
                new Audit("who", "why"),
                fixes,
                new Reasons("external_refund", chargeReason),
                50);
        return new RemedyRules(request, customers(), marks::contains).decide(found, atCredyt, sentAgain);
    }

    /** The customer acme, which has subscribed to product shop with a price of 0.04 USD for each image. */
    private static SubscribedCustomers customers() throws InterruptedException {
        JsonNode product = json("""
                {"id": "prp_1", "code": "shop", "versions": [{"version": 1, "prices": [
                  {"type": "usage_based", "usage_calculation": {"event_type": "image", "usage_type": "unit"},
                   "pricing": [{"asset": "USD", "values": [{"unit_price": 0.04}]}]}]}]}""");
        String customer = "{\"id\": \"cust_1\", \"external_id\": \"acme\","
                + " \"subscriptions\": [{\"products\": [{\"code\": \"shop\"}]}]}";
        var queries = new CredytQueries(
                (path, account) -> CompletableFuture.completedFuture(
                        new Answer.Response(200, Map.of("content-type", "application/json"), customer, false)),
                10_000,
                Clock.systemUTC(),
                () -> false);
        var customers = new SubscribedCustomers(
                new Catalogue(List.of(CatalogueReader.product(product).orElseThrow()), List.of()),
                new CatalogueQueries(queries));
        assertThat(customers.load(List.of(new Reference(ReferenceKind.EXTERNAL_ID, "acme"))))
                .isTrue();
        return customers;
    }

    private static UsageEvent event(String eventType) {
        return UsageEvent.newBuilder()
                .setId("req-1")
                .setEventType(eventType)
                .setOccurredAt(Instant.EPOCH)
                .setAccountId("acct_1")
                .setData(Map.of())
                .setCosts(List.of(Cost.newBuilder()
                        .setVendor("openai")
                        .setAmount(new BigDecimal("0.010000000000000000"))
                        .setCurrency("USD")
                        .build()))
                .build();
    }

    private static QueryResult credyt(String fees) {
        return new QueryResult.Found(json("{\"id\": \"" + CREDYT_ID + "\", \"fees\": " + fees + "}"));
    }

    private static JsonNode json(String text) {
        try {
            return ParsedResponse.EXACT.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(text, malformed);
        }
    }
}
