package io.usageflow.forwarder.reconcile.remedy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException;
import io.usageflow.forwarder.reconcile.remedy.Remedy.Outcome;
import io.usageflow.forwarder.reconcile.remedy.WalletAdjustments.Adjustment;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WalletAdjustmentsTest {
    private final Queue<Answer> answers = new ArrayDeque<>();
    private final List<String> requests = new ArrayList<>();
    private final WalletAdjustments adjustments = new WalletAdjustments(
            (path, account, body) -> {
                requests.add(path + " " + new String(body, UTF_8));
                return CompletableFuture.completedFuture(answers.remove());
            },
            10_000,
            Clock.systemUTC());

    @Test
    void shouldWriteAmountsPlainAndExact() throws Exception {
        answer(201, "{\"id\":\"adj_1\"}");

        assertThat(adjust("0.0000000000000000012")).isEqualTo(Outcome.ADJUSTED);

        assertThat(requests)
                .containsExactly(
                        "/customers/cust_1/wallet/adjustments {\"amount\":0.0000000000000000012,\"asset\":\"USD\","
                                + "\"description\":\"d\",\"metadata\":{\"event_id\":\"e\"},\"reason\":\"external_refund\","
                                + "\"transaction_id\":\"t-1\"}");
    }

    @Test
    void shouldRepeatTheSameRequestUntilThereIsAnAnswer() throws Exception {
        answers.add(new Answer.Failure(true, "timed out"));
        answer(503, "");
        answer(200, "{\"id\":\"adj_1\"}");

        assertThat(adjust("1")).isEqualTo(Outcome.ADJUSTED);

        assertThat(requests).hasSize(3);
        assertThat(requests.stream().distinct()).hasSize(1);
    }

    @Test
    void shouldEndWhenCredytIsAwayOrRefusesTheKey() {
        for (int i = 0; i < 5; i++) {
            answer(500, "");
        }
        assertThatThrownBy(() -> adjust("1"))
                .isInstanceOf(CredytUnreachableException.class)
                .hasMessageContaining("HTTP 500, 5 times");
        answer(401, "");
        assertThatThrownBy(() -> adjust("1"))
                .isInstanceOf(CredytUnreachableException.class)
                .hasMessageContaining("refuses the API key");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            422 | {"errors":{"transaction_id":["already exists"]}} | ADJUSTED_BEFORE
            409 | {"code":"duplicate","field":"transaction_id"}    | ADJUSTED_BEFORE
            422 | {"errors":{"transaction_id":["must be a UUID"]}} | REFUSED
            422 | {"errors":{"reason":["is unknown"]}}             | REFUSED
            409 | <html>conflict, it exists</html>                 | REFUSED
            404 | {}                                               | REFUSED
            200 | <html>login</html>                               | REFUSED
            204 | ``                                               | REFUSED
            200 | {"status":"ok"}                                  | REFUSED
            """)
    void shouldBelieveOnlyWhatProvesACorrection(int status, String body, Outcome outcome) throws Exception {
        answer(status, body);

        assertThat(adjust("1")).isEqualTo(outcome);
    }

    private void answer(int status, String body) {
        answers.add(new Answer.Response(status, Map.of(), body, false));
    }

    private Outcome adjust(String amount) throws InterruptedException {
        return adjustments
                .adjust(new Adjustment(
                        Optional.empty(),
                        "cust_1",
                        "t-1",
                        "USD",
                        new BigDecimal(amount),
                        "external_refund",
                        "d",
                        Map.of("event_id", "e")))
                .outcome();
    }
}
