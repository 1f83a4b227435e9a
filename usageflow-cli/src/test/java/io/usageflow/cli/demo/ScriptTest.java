package io.usageflow.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.cli.demo.Script.Step;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private final List<DemoAccount> accounts =
            IntStream.range(0, 40).mapToObj(DemoAccount::new).toList();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 60, 999, 5_000})
    void shouldAccountForEveryPublishedRecord(int requests) {
        Script script = scriptOf(requests);

        Script.Outcome outcome = script.outcome();
        long published = script.steps().stream()
                .filter(step -> !(step.step() instanceof Step.Link) && !(step.step() instanceof Step.LinkToUnknown))
                .count();
        assertThat(outcome.received()).isEqualTo(published);
        assertThat(outcome.received())
                .isEqualTo(outcome.admitted()
                        + outcome.duplicates()
                        + sum(outcome.admissionDeadLetters())
                        + outcome.parked());
        assertThat(outcome.admitted()).isEqualTo(requests + sum(outcome.deliveryDeadLetters()));
        assertThat(outcome.deliveredIds()).hasSize(requests);
    }

    @Test
    void shouldPlantEverythingThatGoesWrong() {
        Script.Outcome outcome = scriptOf(5_000).outcome();

        assertThat(outcome.duplicates()).isEqualTo(100);
        assertThat(outcome.rerouted()).isEqualTo(25);
        assertThat(outcome.parked()).isPositive();
        assertThat(outcome.admissionDeadLetters())
                .containsEntry(DeadLetterReason.ID_CONFLICT, 10L)
                .containsKeys(
                        DeadLetterReason.UNDECODABLE,
                        DeadLetterReason.UNKNOWN_SCHEMA,
                        DeadLetterReason.INVALID_AMOUNT,
                        DeadLetterReason.INVALID_CURRENCY,
                        DeadLetterReason.TOO_OLD,
                        DeadLetterReason.IN_FUTURE);
        assertThat(outcome.deliveryDeadLetters())
                .containsKeys(DeadLetterReason.REJECTED, DeadLetterReason.CUSTOMER_UNKNOWN);
    }

    @Test
    void shouldPublishEachRequestOnceAsItsOwnEvent() {
        Script script = scriptOf(500);

        Map<String, Long> firsts = script.steps().stream()
                .map(Script.TimedStep::step)
                .filter(step -> step instanceof Step.Publish || step instanceof Step.PublishMisplaced)
                .map(step -> step instanceof Step.Publish publish
                        ? publish.event().id().toString()
                        : ((Step.PublishMisplaced) step).event().id().toString())
                .collect(Collectors.groupingBy(id -> id, Collectors.counting()));
        assertThat(firsts.keySet()).containsAll(script.outcome().deliveredIds());
    }

    private Script scriptOf(int requests) {
        return Script.of(GeneratedTrace.of(requests).endingAt(NOW).rows(), new Assignment(accounts.size()), accounts);
    }

    private static long sum(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
