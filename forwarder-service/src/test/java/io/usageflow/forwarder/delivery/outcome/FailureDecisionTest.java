package io.usageflow.forwarder.delivery.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureDecisionTest {
    @ParameterizedTest
    @CsvSource({
        "divisible, well, spent, RETRY",
        "divisible, well, left, RETRY",
        "divisible, away, spent, RETRY",
        "alone, well, spent, GIVE_UP",
        "alone, well, left, RETRY",
        "alone, away, spent, RETRY",
        "alone, away, left, RETRY"
    })
    void shouldGiveUpOnlyWhatFailsWhileOthersAreWell(
            String batch, String destination, String budget, FailureDecision expected) {
        assertThat(FailureDecision.afterFailure(
                        batch.equals("divisible"), destination.equals("well"), budget.equals("spent")))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "named, accepted, spent, GIVE_UP",
        "named, nothing, spent, GIVE_UP",
        "bare, accepted, spent, GIVE_UP",
        "bare, nothing, spent, KEEP",
        "named, accepted, left, RETRY",
        "bare, nothing, left, RETRY"
    })
    void shouldGiveUpACustomerThatIsNamedOrFailsAlone(
            String answer, String meanwhile, String budget, FailureDecision expected) {
        assertThat(FailureDecision.afterRefusal(
                        answer.equals("named"), meanwhile.equals("accepted"), budget.equals("spent")))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "REFUSED, 400, true",
        "REFUSED, 413, true",
        "REFUSED, 431, true",
        "UNAVAILABLE, 500, true",
        "UNAVAILABLE, 503, true",
        "UNAVAILABLE, 408, true",
        "UNAVAILABLE, , true",
        "UNAVAILABLE, 200, false",
        "UNAVAILABLE, 409, false",
        "UNAVAILABLE, 413, false",
        "UNAVAILABLE, 425, false",
        "UNAVAILABLE, 429, false"
    })
    void shouldTakeTheContentForPossibleWhereTheAnswerDoesNotAskToWait(
            OutageCause kind, Integer status, boolean expected) {
        var outcome = new Retry("a cause", Optional.empty(), false, kind);
        Optional<Answer.Response> response =
                Optional.ofNullable(status).map(code -> new Answer.Response(code, Map.of(), "", false));

        assertThat(FailureDecision.mayBeTheContent(outcome, response)).isEqualTo(expected);
    }
}
