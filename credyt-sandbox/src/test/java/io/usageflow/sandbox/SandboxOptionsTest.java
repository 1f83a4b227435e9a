package io.usageflow.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.sandbox.behaviour.BatchMode;
import io.usageflow.sandbox.behaviour.ErrorKeys;
import io.usageflow.sandbox.behaviour.EventAnswers;
import io.usageflow.sandbox.behaviour.EventIdFormat;
import io.usageflow.sandbox.behaviour.EventRules;
import io.usageflow.sandbox.behaviour.Limits;
import io.usageflow.sandbox.behaviour.MissingVolume;
import io.usageflow.sandbox.behaviour.RepeatAnswer;
import io.usageflow.sandbox.behaviour.SuccessBody;
import io.usageflow.sandbox.behaviour.UnknownCustomer;
import io.usageflow.sandbox.behaviour.UnknownFields;
import io.usageflow.sandbox.behaviour.UnknownVendor;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SandboxOptionsTest {
    @Test
    void shouldChangeWhatIsNamedAndNothingElse() {
        SandboxOptions options = SandboxOptions.defaults()
                .withPort(8090)
                .withApiKeys("k")
                .withSuccessStatus(201)
                .withBatchMode(BatchMode.IGNORE_BAD)
                .withRepeats(RepeatAnswer.CONFLICT)
                .withErrorKeys(ErrorKeys.FIELD)
                .withFeeDelay(Duration.ofSeconds(2))
                .withUnknownCustomer(UnknownCustomer.NOT_FOUND)
                .withUnknownVendor(UnknownVendor.ACCEPT)
                .withEventIds(EventIdFormat.ANY)
                .withAutoCreateCustomers(true)
                .withMaxBodyBytes(1)
                .withMaxBatchEvents(2)
                .withRateLimit(3, 4)
                .withConcurrentRequests(5)
                .withRequestLog(6);

        assertThat(options.port()).isEqualTo(8090);
        assertThat(options.host()).isEqualTo("127.0.0.1");
        assertThat(options.behaviour().apiKeys()).isEqualTo(Set.of("k"));
        assertThat(options.behaviour().answers())
                .isEqualTo(new EventAnswers(
                        201, SuccessBody.OBJECT, BatchMode.IGNORE_BAD, RepeatAnswer.CONFLICT, ErrorKeys.FIELD, 2_000));
        assertThat(options.behaviour().rules())
                .isEqualTo(new EventRules(
                        EventIdFormat.ANY,
                        UnknownCustomer.NOT_FOUND,
                        UnknownVendor.ACCEPT,
                        UnknownFields.IGNORE,
                        MissingVolume.UNPROCESSABLE,
                        true));
        assertThat(options.behaviour().limits()).isEqualTo(new Limits(1, 2, 3, 4, 5, 6));
    }

    @Test
    void shouldRefuseValuesThatMakeNoSense() {
        SandboxOptions options = SandboxOptions.defaults();

        assertThatThrownBy(() -> options.withPort(70_000)).hasMessageContaining("port is 70000");
        assertThatThrownBy(() -> options.withSuccessStatus(418)).hasMessageContaining("success_status is 418");
        assertThatThrownBy(() -> options.withFeeDelay(Duration.ofSeconds(-1))).hasMessageContaining("fee_delay_ms");
        assertThatThrownBy(() -> options.withMaxBodyBytes(0)).hasMessageContaining("max_body_bytes is 0");
    }
}
