package io.usageflow.forwarder.reconcile.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Difference;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventComparisonTest {
    private static final String OURS = """
            {"id":"e","event_type":"call","occurred_at":"2026-11-01T10:00:00.123456Z","subject":"chat",
             "data":{"model":"gpt-4","tokens":1500,"ratio":0.1},
             "costs":[{"id":"c1","vendor_external_id":"openai","amount":0.0161,"currency":"USD"},
                      {"id":"c2","vendor_external_id":"azure","amount":25,"currency":"EUR","metadata":{"region":"eu"}}]}""";

    private static JsonNode json(String text) {
        try {
            return ParsedResponse.EXACT.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(malformed);
        }
    }

    private static List<Difference> compared(String theirs) {
        return EventComparison.of(json(OURS), json(theirs));
    }

    /** Theirs is ours with one text replaced. */
    private static List<Difference> with(String text, String replacement) {
        assertThat(OURS).contains(text);
        return compared(OURS.replace(text, replacement));
    }

    @Test
    void shouldFindNoDifferenceInAnEcho() {
        assertThat(compared(OURS)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"id\":\"e\",\"fees\":[],\"created_at\":\"2026-11-01T10:00:00.1234567Z\",\"customer\":{\"id\":\"x\"}}",
                "{\"subject\":null,\"description\":null,\"data\":null,\"costs\":null}",
                "{\"description\":\"\"}"
            })
    void shouldNotCallADifferenceWhatCredytDoesNotReturnOrAddsBeside(String theirs) {
        assertThat(compared(theirs)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1500, 1500.000",
        "1500, 1.5E3",
        "1500, \"1500\"",
        "0.0161, 0.01610",
        "0.0161, 161e-4",
        "0.0161, \"0.0161\"",
        "25, 25.0",
        "10:00:00.123456Z, 10:00:00.1234560Z",
        "10:00:00.123456Z, 10:00:00.123Z",
        "10:00:00.123456Z, 11:00:00.123456+01:00",
        "\"vendor_external_id\":\"openai\", \"vendor_external_id\":\"openai\"|\"vendor_id\":\"vnd_1\"|\"margin\":1"
    })
    void shouldTakeAnotherNotationForTheSame(String ours, String theirs) {
        assertThat(with(ours, theirs.replace('|', ','))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0.0161, 0.0162, costs[0].amount",
        "0.0161, 0.016100000000000001, costs[0].amount",
        "0.0161, 1.61, costs[0].amount",
        "USD, EUR, costs[0].currency",
        "openai, azure, costs[0].vendor_external_id",
        "1500, 1501, data.tokens",
        "1500, \"many\", data.tokens",
        "1500, null, data.tokens",
        "\"ratio\":0.1, \"ratio\":0.10000000000000001, data.ratio",
        "gpt-4, gpt-5, data.model",
        "\"event_type\":\"call\", \"event_type\":\"chat\", event_type",
        "\"subject\":\"chat\", \"subject\":\"other\", subject",
        "\"region\":\"eu\", \"region\":\"us\", costs[1].metadata.region",
        "10:00:00.123456Z, 10:00:01.123456Z, occurred_at",
        "2026-11-01T10:00:00.123456Z, yesterday, occurred_at",
        "\"model\":\"gpt-4\", \"model\":\"gpt-4\"|\"added\":1, data.added",
        "\"tokens\":1500|\"ratio\", \"ratio\", data.tokens"
    })
    void shouldNameTheFieldThatDiffers(String ours, String theirs, String field) {
        assertThat(with(ours.replace('|', ','), theirs.replace('|', ',')))
                .extracting(Difference::field)
                .containsExactly(field);
    }

    @Test
    void shouldShowBothValues() {
        assertThat(with("0.0161", "1000000")).containsExactly(new Difference("costs[0].amount", "0.0161", "1000000"));
        assertThat(with("\"tokens\":1500,", "")).containsExactly(new Difference("data.tokens", "1500", "-"));
    }

    @Test
    void shouldFindCostsById() {
        assertThat(compared("""
                {"costs":[{"id":"C2","amount":25,"currency":"EUR"},{"id":"c1","amount":0.0161,"currency":"USD"}]}""")).isEmpty();
        assertThat(compared("{\"costs\":[{\"id\":\"c2\",\"amount\":25}]}"))
                .extracting(Difference::field, Difference::theirs)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("costs[0]", "-"));
        assertThat(compared("{\"costs\":[{\"amount\":0.0161},{\"amount\":25},{\"amount\":1}]}"))
                .extracting(Difference::field)
                .containsExactly("costs[]");
        assertThat(compared("{\"costs\":[]}")).extracting(Difference::field).containsExactly("costs[0]", "costs[1]");
    }

    @Test
    void shouldCompareTheCustomerByTheKindOfIdThatWasSent() {
        var sent = new CredytReference(ReferenceKind.EXTERNAL_ID, "acct_1", null);

        assertThat(EventComparison.ofCustomer(
                        sent, json("{\"customer_id\":\"cust_x\",\"customer_external_id\":\"acct_1\"}")))
                .isEmpty();
        assertThat(EventComparison.ofCustomer(sent, json("{\"customer_id\":\"cust_x\"}")))
                .isEmpty();
        assertThat(EventComparison.ofCustomer(sent, json("{\"customer_external_id\":\"acct_2\"}")))
                .contains(new Difference("customer_external_id", "acct_1", "acct_2"));
    }
}
