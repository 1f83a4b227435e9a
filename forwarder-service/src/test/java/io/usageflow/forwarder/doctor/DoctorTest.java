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
        var never = new CountDownLatch(1);
        List<CheckResult> findings = new Doctor(Duration.ofMillis(300))
                .examine(List.of(
                        new Check("hangs", () -> {
                            never.await();
                            return List.of();
                        }),
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
                        tuple("hangs", CheckStatus.FAIL),
                        tuple("good", CheckStatus.OK),
                        tuple("breaks", CheckStatus.FAIL),
                        tuple("depends", CheckStatus.SKIPPED));
        assertThat(findings.get(0).detail()).startsWith("no answer within");
        assertThat(findings.get(2).detail()).isEqualTo("could not be looked at: not like this");
    }

    @Test
    void shouldLookSideBySide() throws Exception {
        var together = new CyclicBarrier(3);
        Callable<List<CheckResult>> meets = () -> {
            together.await(30, TimeUnit.SECONDS);
            return List.of(CheckResult.ok("meets", "the others"));
        };

        assertThat(new Doctor(Duration.ofSeconds(60))
                        .examine(List.of(new Check("a", meets), new Check("b", meets), new Check("c", meets))))
                .allMatch(finding -> finding.verdict() == CheckStatus.OK);
    }
}
