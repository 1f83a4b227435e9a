package io.usageflow.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.sandbox.behaviour.Behaviour.Limits;
import io.usageflow.sandbox.behaviour.EventAnswers;
import io.usageflow.sandbox.behaviour.EventAnswers.BatchMode;
import io.usageflow.sandbox.behaviour.EventAnswers.ErrorKeys;
import io.usageflow.sandbox.behaviour.EventAnswers.RepeatAnswer;
import io.usageflow.sandbox.behaviour.EventAnswers.SuccessBody;
import io.usageflow.sandbox.behaviour.ValidationRules;
import io.usageflow.sandbox.behaviour.ValidationRules.EventIdFormat;
import io.usageflow.sandbox.behaviour.ValidationRules.MissingVolume;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownCustomer;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownFields;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownVendor;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SandboxOptionsTest {
    @Test
    void shouldChangeWhatIsNamedAndNothingElse() {
        SandboxOptions options = SandboxOptions.defaults()
                .withPort(8090)
                .withApiKeys("k")
                .withRepeats(RepeatAnswer.CONFLICT)
                .withErrorKeys(ErrorKeys.FIELD)
                .withUnknownCustomer(UnknownCustomer.NOT_FOUND)
                .withAutoCreateCustomers(true)
                .withConcurrentRequests(5)
                .withRequestLog(6)
                .with(now -> now.withAnswers(now.answers()
                        .withSuccessStatus(201)
                        .withBatchMode(BatchMode.IGNORE_BAD)
                        .withFeeDelayMs(2_000)))
                .with(now -> now.withRules(
                        now.rules().withUnknownVendor(UnknownVendor.ACCEPT).withEventIds(EventIdFormat.ANY)))
                .with(now -> now.withLimits(
                        now.limits().withMaxBodyBytes(1).withMaxBatchEvents(2).withRate(3, 4)));

        assertThat(options.port()).isEqualTo(8090);
        assertThat(options.host()).isEqualTo("127.0.0.1");
        assertThat(options.behaviour().apiKeys()).isEqualTo(Set.of("k"));
        assertThat(options.behaviour().answers())
                .isEqualTo(new EventAnswers(
                        201, SuccessBody.OBJECT, BatchMode.IGNORE_BAD, RepeatAnswer.CONFLICT, ErrorKeys.FIELD, 2_000));
        assertThat(options.behaviour().rules())
                .isEqualTo(new ValidationRules(
                        EventIdFormat.ANY,
                        UnknownCustomer.NOT_FOUND,
                        UnknownVendor.ACCEPT,
                        UnknownFields.IGNORE,
                        MissingVolume.UNPROCESSABLE,
                        true));
        assertThat(options.behaviour().limits()).isEqualTo(new Limits(1, 2, 3, 4, 5, 6));
    }

    @Test
    void shouldRefuseValuesOutOfRange() {
        EventAnswers answers = EventAnswers.DEFAULT;

        assertThatThrownBy(() -> SandboxOptions.defaults().withPort(70_000)).hasMessageContaining("port is 70000");
        assertThatThrownBy(() -> answers.withSuccessStatus(418)).hasMessageContaining("success_status is 418");
        assertThatThrownBy(() -> answers.withFeeDelayMs(-1)).hasMessageContaining("fee_delay_ms");
        assertThatThrownBy(() -> Limits.DEFAULT.withMaxBodyBytes(0)).hasMessageContaining("max_body_bytes is 0");
    }
}
