package io.usageflow.forwarder.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.usageflow.forwarder.doctor.Check.NotReachableException;
import io.usageflow.forwarder.doctor.CheckResult.CheckStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DoctorTest {
    @Test
    void shouldMakeAFindingOfWhateverHappens() throws Exception {
        List<CheckResult> findings = new Doctor(Duration.ofMinutes(1))
                .examine(List.of(
                        new Check("good", () -> List.of(CheckResult.ok("good", "fine"))),
                        new Check("breaks", () -> {
                            throw new IllegalStateException("not like this\nat all");
                        }),
                        new Check("depends", () -> {
                            throw new NotReachableException("Kafka is not reached", new IllegalStateException());
                        })));

        assertThat(findings)
                .extracting(CheckResult::check, CheckResult::verdict)
                .containsExactly(
                        tuple("good", CheckStatus.OK),
                        tuple("breaks", CheckStatus.FAIL),
                        tuple("depends", CheckStatus.SKIPPED));
        assertThat(findings.get(1).detail()).isEqualTo("could not be looked at: not like this");
    }

    @Test
    void shouldWaitNoLongerThanItsBound() throws Exception {
        var never = new CountDownLatch(1);

        List<CheckResult> findings = new Doctor(Duration.ofMillis(50)).examine(List.of(new Check("hangs", () -> {
            never.await();
            return List.of();
        })));

        assertThat(findings)
                .singleElement()
                .returns(CheckStatus.FAIL, CheckResult::verdict)
                .satisfies(finding -> assertThat(finding.detail()).startsWith("no answer within"));
    }

    @Test
    void shouldLookSideBySide() throws Exception {
        var together = new CyclicBarrier(3);
        Callable<List<CheckResult>> meets = () -> {
            together.await(1, TimeUnit.MINUTES);
            return List.of(CheckResult.ok("meets", "the others"));
        };

        assertThat(new Doctor(Duration.ofMinutes(2))
                        .examine(List.of(new Check("a", meets), new Check("b", meets), new Check("c", meets))))
                .allMatch(finding -> finding.verdict() == CheckStatus.OK);
    }
}
