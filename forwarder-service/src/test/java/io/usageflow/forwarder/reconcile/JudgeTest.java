package io.usageflow.forwarder.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.credyt.lookup.Reading;
import io.usageflow.forwarder.credyt.lookup.Reply;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static final String SENT = "{\"id\":\"e\",\"event_type\":\"call\",\"data\":{\"tokens\":5}}";
    private static final Subject SUBJECT = new Subject(
            "req-1",
            "e",
            "acct_1",
            new CredytReference(ReferenceKind.EXTERNAL_ID, "acme"),
            Optional.of(Instant.EPOCH),
            Optional.empty(),
            new Subject.Place(0, 1),
            new Subject.Place(0, 2));
    private static final Case WHOLE = Case.of(
            SUBJECT,
            new Original(
                    json(SENT),
                    10,
                    new Original.Published(new byte[0], new byte[0], new RecordHeaders()),
                    Optional.empty()));
    private static final Case EXPIRED = Case.without(SUBJECT, "it has expired");

    private static JsonNode json(String text) {
        try {
            return Reading.EXACT.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(malformed);
        }
    }

    private static Reply found(String content, boolean billed) {
        return new Reply.Found(
                json("{\"data\":" + content + ",\"fees\":[" + (billed ? "{\"amount\":0.04}" : "") + "]}"));
    }

    private static Optional<FindingKind> judged(Case one, Reply reply, String... free) {
        return new Judge(Set.of(free)).judge(one, reply).map(Finding::kind);
    }

    @Test
    void shouldFindNothingInAnEventThatWasBilledAsItWasSent() {
        assertThat(judged(WHOLE, found("{\"tokens\":5.0}", true))).isEmpty();
    }

    @Test
    void shouldMissTheEventAndTheFees() {
        assertThat(judged(WHOLE, new Reply.Absent())).contains(FindingKind.MISSING);
        assertThat(judged(WHOLE, found("{\"tokens\":5}", false))).contains(FindingKind.UNBILLED);
        assertThat(judged(WHOLE, new Reply.Found(json("{}")))).contains(FindingKind.UNBILLED);
    }

    @Test
    void shouldNotMissFeesOfATypeWithoutAPrice() {
        assertThat(judged(WHOLE, found("{\"tokens\":5}", false), "call")).isEmpty();
        assertThat(judged(WHOLE, found("{\"tokens\":5}", false), "other")).contains(FindingKind.UNBILLED);
    }

    @Test
    void shouldCallOtherContentTheGraverFinding() {
        assertThat(new Judge(Set.of()).judge(WHOLE, found("{\"tokens\":6}", false)))
                .hasValueSatisfying(finding -> {
                    assertThat(finding.kind()).isEqualTo(FindingKind.DIFFERENT);
                    assertThat(finding.detail()).contains("charged nothing");
                    assertThat(finding.differences()).containsExactly(new Difference("data.tokens", "5", "6"));
                });
    }

    @Test
    void shouldSeeAnotherCustomerEvenWhereTheOriginalHasExpired() {
        Reply another = new Reply.Found(json("{\"customer_external_id\":\"evil\",\"fees\":[{\"amount\":1}]}"));

        assertThat(judged(WHOLE, another)).contains(FindingKind.DIFFERENT);
        assertThat(judged(EXPIRED, another)).contains(FindingKind.DIFFERENT);
    }

    @Test
    void shouldSayWhatItDoesNotKnow() {
        assertThat(judged(WHOLE, new Reply.Unanswered("HTTP 400", true))).contains(FindingKind.UNCHECKED);
        assertThat(new Judge(Set.of()).judge(EXPIRED, found("{\"tokens\":6}", true)))
                .hasValueSatisfying(finding -> {
                    assertThat(finding.kind()).isEqualTo(FindingKind.UNCHECKED);
                    assertThat(finding.detail()).contains("was not compared: it has expired");
                });
        assertThat(new Judge(Set.of()).judge(EXPIRED, new Reply.Absent()))
                .hasValueSatisfying(
                        finding -> assertThat(finding.detail()).contains("cannot be sent again: it has expired"));
    }
}
