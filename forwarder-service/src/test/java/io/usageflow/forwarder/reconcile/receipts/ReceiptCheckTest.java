package io.usageflow.forwarder.reconcile.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.catalogue.FeeResult;
import io.usageflow.forwarder.catalogue.FeeResult.FeeDifference;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.forwarder.reconcile.ReconcileFinding;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Difference;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.receipts.ReconcileItem.SentEvent;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class ReceiptCheckTest {
    private static final String SENT = "{\"id\":\"e\",\"event_type\":\"call\",\"data\":{\"tokens\":5}}";
    private static final EventRef SUBJECT = new EventRef(
            "req-1",
            "e",
            "acct_1",
            new CredytReference(ReferenceKind.EXTERNAL_ID, "acme", null),
            Optional.of(Instant.EPOCH),
            Optional.empty(),
            new EventRef.Position(0, 1),
            new EventRef.Position(0, 2));
    private static final ReconcileItem WHOLE = ReconcileItem.of(
            SUBJECT,
            new SentEvent(
                    json(SENT),
                    10,
                    new SentEvent.Published(new byte[0], new byte[0], new RecordHeaders()),
                    Optional.empty()));
    private static final ReconcileItem EXPIRED = ReconcileItem.without(SUBJECT, "it has expired");

    private static JsonNode json(String text) {
        try {
            return ParsedResponse.EXACT.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(malformed);
        }
    }

    private static QueryResult found(String content, boolean billed) {
        return new QueryResult.Found(
                json("{\"data\":" + content + ",\"fees\":[" + (billed ? "{\"amount\":0.04}" : "") + "]}"));
    }

    private static Optional<Kind> judged(ReconcileItem item, QueryResult result, String... free) {
        return new ReceiptCheck(Set.of(free), Set.of("cost_recorded"))
                .check(item, result, Optional.empty())
                .map(ReconcileFinding::kind);
    }

    @Test
    void shouldFindNothingInAnEventThatWasBilledAsItWasSent() {
        assertThat(judged(WHOLE, found("{\"tokens\":5.0}", true))).isEmpty();
    }

    @Test
    void shouldMissTheEventAndTheFees() {
        assertThat(judged(WHOLE, new QueryResult.Absent())).contains(Kind.MISSING);
        assertThat(judged(WHOLE, found("{\"tokens\":5}", false))).contains(Kind.UNBILLED);
        assertThat(judged(WHOLE, new QueryResult.Found(json("{}")))).contains(Kind.UNBILLED);
    }

    @Test
    void shouldNotMissFeesOfATypeWithoutAPrice() {
        assertThat(judged(WHOLE, found("{\"tokens\":5}", false), "call")).isEmpty();
        assertThat(judged(WHOLE, found("{\"tokens\":5}", false), "other")).contains(Kind.UNBILLED);
    }

    @Test
    void shouldReportTheFeesThatAreNotThoseOfThePrices() {
        QueryResult billed = found("{\"tokens\":5}", true);

        for (FeeResult.Kind kind : FeeResult.Kind.values()) {
            var fees = new FeeResult(
                    kind, "because", List.of(new FeeDifference("fees[0].amount", "1 USD", "2 USD")), Optional.empty());
            Optional<ReconcileFinding> finding =
                    new ReceiptCheck(Set.of(), Set.of("cost_recorded")).check(WHOLE, billed, Optional.of(fees));
            if (kind == FeeResult.Kind.AS_EXPECTED || kind == FeeResult.Kind.UNJUDGED) {
                assertThat(finding).isEmpty();
            } else {
                assertThat(finding).hasValueSatisfying(found -> {
                    assertThat(found.kind().name()).isEqualTo(kind.name());
                    assertThat(found.detail()).endsWith("because");
                    assertThat(found.differences()).containsExactly(new Difference("fees[0].amount", "1 USD", "2 USD"));
                });
            }
        }
        assertThat(new ReceiptCheck(Set.of(), Set.of("cost_recorded"))
                        .check(
                                WHOLE,
                                found("{\"tokens\":6}", true),
                                Optional.of(new FeeResult(
                                        FeeResult.Kind.FEES_DOUBLE, "twice", List.of(), Optional.empty()))))
                .hasValueSatisfying(finding -> {
                    assertThat(finding.kind()).isEqualTo(Kind.DIFFERENT);
                    assertThat(finding.detail()).isEqualTo("Credyt has other content, and of its fees: twice");
                });
    }

    @Test
    void shouldNotMissFeesOfCostsWithoutUsage() {
        ReconcileItem costs = ReconcileItem.of(
                SUBJECT,
                new SentEvent(
                        json("{\"id\":\"e\",\"event_type\":\"cost_recorded\"}"),
                        10,
                        new SentEvent.Published(new byte[0], new byte[0], new RecordHeaders()),
                        Optional.empty()));

        assertThat(judged(costs, new QueryResult.Found(json("{\"fees\":[]}")))).isEmpty();
    }

    @Test
    void shouldCallOtherContentTheGraverFinding() {
        assertThat(new ReceiptCheck(Set.of(), Set.of("cost_recorded"))
                        .check(WHOLE, found("{\"tokens\":6}", false), Optional.empty()))
                .hasValueSatisfying(finding -> {
                    assertThat(finding.kind()).isEqualTo(Kind.DIFFERENT);
                    assertThat(finding.detail()).contains("charged nothing");
                    assertThat(finding.differences()).containsExactly(new Difference("data.tokens", "5", "6"));
                });
    }

    @Test
    void shouldSeeAnotherCustomerEvenWhereTheOriginalHasExpired() {
        QueryResult another =
                new QueryResult.Found(json("{\"customer_external_id\":\"evil\",\"fees\":[{\"amount\":1}]}"));

        assertThat(judged(WHOLE, another)).contains(Kind.DIFFERENT);
        assertThat(judged(EXPIRED, another)).contains(Kind.DIFFERENT);
    }

    @Test
    void shouldSayWhatItDoesNotKnow() {
        assertThat(judged(WHOLE, new QueryResult.Unanswered("HTTP 400", true))).contains(Kind.UNCHECKED);
        assertThat(new ReceiptCheck(Set.of(), Set.of("cost_recorded"))
                        .check(EXPIRED, found("{\"tokens\":6}", true), Optional.empty()))
                .hasValueSatisfying(finding -> {
                    assertThat(finding.kind()).isEqualTo(Kind.UNCHECKED);
                    assertThat(finding.detail()).contains("was not compared: it has expired");
                });
        assertThat(new ReceiptCheck(Set.of(), Set.of("cost_recorded"))
                        .check(EXPIRED, new QueryResult.Absent(), Optional.empty()))
                .hasValueSatisfying(
                        finding -> assertThat(finding.detail()).contains("cannot be sent again: it has expired"));
    }
}
