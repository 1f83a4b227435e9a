package io.usageflow.forwarder.doctor;

import static org.assertj.core.api.Assertions.assertThat;

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
    private record Told(String name, Callable<List<CheckResult>> finding) implements Check {
        @Override
        public List<CheckResult> look() throws Exception {
            return finding.call();
        }
    }

    @Test
    void shouldMakeAFindingOfWhateverHappens() throws Exception {
        var never = new CountDownLatch(1);
        List<CheckResult> findings = new Doctor(Duration.ofMillis(300))
                .examine(List.of(
                        new Told("hangs", () -> {
                            never.await();
                            return List.of();
                        }),
                        new Told("good", () -> List.of(CheckResult.ok("good", "fine"))),
                        new Told("breaks", () -> {
                            throw new IllegalStateException("not like this\nat all");
                        }),
                        new Told("depends", () -> {
                            throw new NotReachableException("Kafka is not reached", new IllegalStateException());
                        })));

        assertThat(findings)
                .extracting(CheckResult::check, CheckResult::verdict)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("hangs", CheckStatus.FAIL),
                        org.assertj.core.groups.Tuple.tuple("good", CheckStatus.OK),
                        org.assertj.core.groups.Tuple.tuple("breaks", CheckStatus.FAIL),
                        org.assertj.core.groups.Tuple.tuple("depends", CheckStatus.SKIPPED));
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
                        .examine(List.of(new Told("a", meets), new Told("b", meets), new Told("c", meets))))
                .allMatch(finding -> finding.verdict() == CheckStatus.OK);
    }
}
