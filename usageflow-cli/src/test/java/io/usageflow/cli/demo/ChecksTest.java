package io.usageflow.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChecksTest {
    @Test
    void shouldSayNothingWhereAllAgrees() {
        Checks checks = new Checks()
                .equal("fees", "1.5", "1.5")
                .holds("the outage met no request", true)
                .deadLetters("delivery", Map.of(DeadLetterReason.REJECTED, 3L), Map.of("REJECTED", 3L))
                .sameIds("Credyt's stand-in", Set.of("a", "b"), Set.of("b", "a"));

        assertThat(checks.disagreements()).isEmpty();
    }

    @Test
    void shouldNameEachDisagreement() {
        Checks checks = new Checks()
                .equal("fees", "1.5", "1.6")
                .holds("the outage met no request", false)
                .deadLetters("delivery", Map.of(DeadLetterReason.REJECTED, 3L), Map.of("REJECTED", 2L))
                .sameIds("Credyt's stand-in", Set.of("lost", "b"), Set.of("b", "stray"));

        assertThat(checks.disagreements())
                .containsExactly(
                        "fees: expected 1.5, found 1.6",
                        "the outage met no request",
                        "dead letters of delivery: expected {REJECTED=3}, found {REJECTED=2}",
                        "Credyt's stand-in lacks 1 event, among them [lost]",
                        "Credyt's stand-in has 1 event too many, among them [stray]");
    }
}
