package io.usageflow.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.cli.demo.DemoTrace.TraceRow;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ExpectationTest {
    private final Assignment assignment = new Assignment(100);

    @Test
    void shouldAgreeWithDecimalArithmetic() {
        List<TraceRow> rows = GeneratedTrace.of(500).rows();

        Expectation expectation = Expectation.of(rows, assignment);

        BigDecimal fees = BigDecimal.ZERO;
        BigDecimal costs = BigDecimal.ZERO;
        for (TraceRow row : rows) {
            var assigned = assignment.assign(row);
            fees = fees.add(perMillion(row.inputTokens(), assigned.model().inputPrice()))
                    .add(perMillion(row.outputTokens(), assigned.model().outputPrice()))
                    .add(assigned.eventType().equals("code_completion") ? new BigDecimal("0.0025") : BigDecimal.ZERO);
            costs = costs.add(perMillion(row.inputTokens(), assigned.model().inputCost()))
                    .add(perMillion(row.outputTokens(), assigned.model().outputCost()))
                    .add(assigned.searched() ? new BigDecimal("0.000019") : BigDecimal.ZERO);
        }
        assertThat(expectation.events()).isEqualTo(500);
        assertThat(expectation.fees()).isEqualByComparingTo(fees).isPositive();
        assertThat(expectation.costs()).isEqualByComparingTo(costs).isPositive();
    }

    @Test
    void shouldAssignTheSameInEveryRunAndUseEveryModel() {
        List<TraceRow> rows = GeneratedTrace.of(2_000).rows();

        var first = rows.stream().map(assignment::assign).toList();
        var second = GeneratedTrace.of(2_000).rows().stream()
                .map(new Assignment(100)::assign)
                .toList();

        assertThat(second).isEqualTo(first);
        assertThat(first).extracting(Assignment.Assigned::model).containsAll(PriceList.MODELS);
        assertThat(first).extracting(Assignment.Assigned::eventType).contains(PriceList.CHAT, PriceList.CODE);
        assertThat(first).extracting(Assignment.Assigned::searched).contains(true, false);
    }

    @Test
    void shouldGiveTheFirstAccountsTheLargestShares() {
        Map<Integer, Long> counts = GeneratedTrace.of(5_000).rows().stream()
                .map(row -> assignment.assign(row).account())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));

        // Zipf over 100: the first has 1/5.19 of all, the tenth a tenth of that.
        assertThat(counts.get(0)).isBetween(800L, 1_150L);
        assertThat(counts.getOrDefault(9, 0L)).isBetween(50L, 160L);
        assertThat(counts.keySet()).allMatch(account -> account >= 0 && account < 100);
    }

    @Test
    void shouldMoveATraceSoThatItEndsNow() {
        Instant now = Instant.parse("2026-11-23T12:00:00Z");
        DemoTrace original = GeneratedTrace.of(50);

        DemoTrace moved = original.endingAt(now);

        assertThat(moved.rows().get(49).at()).isEqualTo(now);
        assertThat(java.time.Duration.between(moved.rows().get(0).at(), now))
                .isEqualTo(java.time.Duration.between(
                        original.rows().get(0).at(), original.rows().get(49).at()));
    }

    private static BigDecimal perMillion(long tokens, String rate) {
        return new BigDecimal(rate).multiply(BigDecimal.valueOf(tokens)).movePointLeft(6);
    }
}
