package io.usageflow.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.sandbox.behaviour.Behaviour.Limits;
import io.usageflow.sandbox.behaviour.EventAnswers;
import io.usageflow.sandbox.behaviour.EventAnswers.BatchMode;
import io.usageflow.sandbox.behaviour.EventAnswers.ErrorKeys;
import io.usageflow.sandbox.behaviour.EventAnswers.NoFundsAnswer;
import io.usageflow.sandbox.behaviour.EventAnswers.RepeatAnswer;
import io.usageflow.sandbox.behaviour.EventAnswers.SuccessBody;
import io.usageflow.sandbox.behaviour.ValidationRules;
import io.usageflow.sandbox.behaviour.ValidationRules.EventIdFormat;
import io.usageflow.sandbox.behaviour.ValidationRules.MissingVolume;
import io.usageflow.sandbox.behaviour.ValidationRules.Overdraft;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownAccount;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownCustomer;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownFields;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownVendor;
import java.math.BigDecimal;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SandboxOptionsTest {
    @Test
    void shouldChangeWhatIsNamedAndNothingElse() {
        SandboxOptions options = SandboxOptions.defaults()
                .withPort(8090)
                .withApiKeys("k")
                .withAutoCreateCustomers(true)
                .with("answers.repeats", RepeatAnswer.CONFLICT)
                .with("answers.error_keys", ErrorKeys.FIELD)
                .with("answers.success_status", 201)
                .with("answers.batch_mode", BatchMode.IGNORE_BAD)
                .with("answers.fee_delay_ms", 2_000)
                .with("rules.unknown_customer", UnknownCustomer.NOT_FOUND)
                .with("rules.unknown_vendor", UnknownVendor.UNPROCESSABLE)
                .with("rules.event_ids", EventIdFormat.ANY)
                .withOverdraftLimit(new BigDecimal("2.5"))
                .with("answers.no_funds", NoFundsAnswer.UNPROCESSABLE)
                .with("limits.max_body_bytes", 1)
                .with("limits.max_batch_events", 2)
                .with("limits.requests_per_second", 3)
                .with("limits.retry_after_seconds", 4)
                .with("limits.concurrent_requests", 5)
                .with("limits.request_log", 6);

        assertThat(options.port()).isEqualTo(8090);
        assertThat(options.host()).isEqualTo("127.0.0.1");
        assertThat(options.behaviour().apiKeys()).isEqualTo(Set.of("k"));
        assertThat(options.behaviour().answers())
                .isEqualTo(new EventAnswers(
                        201,
                        SuccessBody.OBJECT,
                        BatchMode.IGNORE_BAD,
                        RepeatAnswer.CONFLICT,
                        ErrorKeys.FIELD,
                        2_000,
                        NoFundsAnswer.UNPROCESSABLE));
        assertThat(options.behaviour().rules())
                .isEqualTo(new ValidationRules(
                        EventIdFormat.ANY,
                        UnknownAccount.FORBIDDEN,
                        UnknownCustomer.NOT_FOUND,
                        UnknownVendor.UNPROCESSABLE,
                        UnknownFields.IGNORE,
                        MissingVolume.UNBILLED,
                        true,
                        Overdraft.LIMITED,
                        new BigDecimal("2.5")));
        assertThat(options.behaviour().limits()).isEqualTo(new Limits(1, 2, 3, 4, 5, 6));
    }

    @Test
    void shouldRefuseValuesOutOfRange() {
        SandboxOptions options = SandboxOptions.defaults();

        assertThatThrownBy(() -> options.withPort(70_000)).hasMessageContaining("port is 70000");
        assertThatThrownBy(() -> options.with("answers.success_status", 418))
                .hasMessageContaining("success_status is 418");
        assertThatThrownBy(() -> options.with("answers.fee_delay_ms", -1)).hasMessageContaining("fee_delay_ms");
        assertThatThrownBy(() -> options.withOverdraftLimit(BigDecimal.ONE.negate()))
                .hasMessageContaining("overdraft_limit is -1");
        assertThatThrownBy(() -> options.with("limits.max_body_bytes", 0)).hasMessageContaining("max_body_bytes is 0");
        assertThatThrownBy(() -> options.with("answers.batch", "x")).hasMessageContaining("batch");
    }
}
