package io.usageflow.forwarder.catalogue.simulation;

import io.usageflow.forwarder.catalogue.BillingForecast;
import io.usageflow.forwarder.catalogue.BillingForecast.Billed;
import io.usageflow.forwarder.catalogue.BillingForecast.Cause;
import io.usageflow.forwarder.catalogue.BillingForecast.ExpectedFee;
import io.usageflow.forwarder.catalogue.simulation.SimulatedFees.Fee;
import io.usageflow.forwarder.catalogue.simulation.SimulationReport.Result;
import io.usageflow.forwarder.catalogue.simulation.SimulationReport.Row;
import io.usageflow.forwarder.catalogue.simulation.UsageSimulation.InputEvent;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares our estimate of each event with the fees that Credyt simulated, and sums events with one result to a row.
 * Not thread-safe.
 */
final class SimulationComparison {
    private static final int ROWS_MAX = 10_000;
    /** Fees that differ by less are the same: a server may write decimal noise (docs/credyt-api.md, 6). */
    private static final BigDecimal NOISE = new BigDecimal("0.000000000001");

    private final Consumer<String> notes;
    private final Map<RowKey, Row> rows = new LinkedHashMap<>();

    SimulationComparison(Consumer<String> notes) {
        this.notes = notes;
    }

    private record RowKey(String eventType, Result result, Optional<Cause> cause) {}

    /** An event of a type that has no price and needs none. */
    void addFree(InputEvent input) {
        count(input, Result.FREE, Optional.empty(), Optional.empty(), Map.of(), Map.of());
    }

    /** An event that cannot be sent to Credyt. */
    void addUndecided(InputEvent input, String why) {
        count(input, Result.UNDECIDED, Optional.empty(), Optional.of(why), Map.of(), Map.of());
    }

    /**
     * An event that Credyt was asked for.
     *
     * @param simulated empty if Credyt's answer does not say the fees
     */
    void add(SimulatedEvent event, Optional<List<Fee>> simulated) {
        BillingForecast estimate = event.estimate();
        Map<String, BigDecimal> theirs = sums(simulated.orElse(List.of()));
        Map<String, BigDecimal> ours = estimate instanceof Billed billed ? sums(billed, theirs) : Map.of();
        Optional<String> why = estimate.match(
                billed -> billed.misses().stream().findFirst().map(BillingForecast.Miss::detail),
                notBilled -> Optional.of(notBilled.nearest().detail()),
                undecided -> Optional.of(undecided.why()));
        if (simulated.isEmpty() || estimate instanceof BillingForecast.Undecided) {
            count(event.input(), Result.UNDECIDED, Optional.empty(), why, ours, theirs);
        } else if (!isSame(ours, theirs)) {
            String detail = "line " + event.input().line() + ": the estimate is " + text(ours) + ", Credyt simulates "
                    + text(theirs) + why.map(reason -> " (" + reason + ")").orElse("");
            count(event.input(), Result.DIFFERENT, Optional.empty(), Optional.of(detail), ours, theirs);
        } else if (estimate instanceof BillingForecast.NotBilled notBilled) {
            Cause cause = notBilled.nearest().cause();
            count(event.input(), Result.NOT_BILLED, Optional.of(cause), why, ours, theirs);
        } else {
            count(event.input(), Result.EQUAL, Optional.empty(), why, ours, theirs);
        }
    }

    /** The ones to look at first. */
    List<Row> rows() {
        return rows.values().stream()
                .sorted(Comparator.comparing(Row::result)
                        .thenComparing(Comparator.comparingLong(Row::events).reversed()))
                .toList();
    }

    private void count(
            InputEvent input,
            Result result,
            Optional<Cause> cause,
            Optional<String> detail,
            Map<String, BigDecimal> estimated,
            Map<String, BigDecimal> simulated) {
        var key = new RowKey(input.event().eventType(), result, cause);
        Row row = rows.get(key);
        if (row == null && rows.size() >= ROWS_MAX) {
            notes.accept("more than " + ROWS_MAX + " rows: the rest was not counted");
            return;
        }
        rows.put(
                key,
                new Row(
                        input.event().eventType(),
                        result,
                        cause,
                        row == null ? detail : row.detail(),
                        row == null ? 1 : row.events() + 1,
                        added(row == null ? Map.of() : row.estimated(), estimated),
                        added(row == null ? Map.of() : row.simulated(), simulated),
                        row == null ? input.line() : row.exampleLine(),
                        row == null ? input.event().id().value() : row.exampleEventId()));
    }

    /** Of a price with several assets one is charged, and it is not documented which: the one that Credyt charged. */
    private static Map<String, BigDecimal> sums(Billed billed, Map<String, BigDecimal> theirs) {
        Map<String, BigDecimal> sums = new TreeMap<>();
        for (ExpectedFee fee : billed.fees()) {
            String asset = fee.amounts().keySet().stream()
                    .filter(theirs::containsKey)
                    .findFirst()
                    .orElseGet(() -> new TreeMap<>(fee.amounts()).firstKey());
            sums.merge(asset, fee.amounts().getOrDefault(asset, BigDecimal.ZERO), BigDecimal::add);
        }
        return sums;
    }

    private static Map<String, BigDecimal> sums(List<Fee> fees) {
        Map<String, BigDecimal> sums = new TreeMap<>();
        fees.forEach(fee -> sums.merge(fee.asset(), fee.amount(), BigDecimal::add));
        return sums;
    }

    private static boolean isSame(Map<String, BigDecimal> ours, Map<String, BigDecimal> theirs) {
        return Stream.concat(ours.keySet().stream(), theirs.keySet().stream())
                .allMatch(asset -> ours.getOrDefault(asset, BigDecimal.ZERO)
                                .subtract(theirs.getOrDefault(asset, BigDecimal.ZERO))
                                .abs()
                                .compareTo(NOISE)
                        < 0);
    }

    private static Map<String, String> added(Map<String, String> sums, Map<String, BigDecimal> more) {
        Map<String, String> all = new TreeMap<>(sums);
        more.forEach((asset, amount) -> all.merge(
                asset, plain(amount), (before, added) -> plain(new BigDecimal(before).add(new BigDecimal(added)))));
        return all;
    }

    private static String text(Map<String, BigDecimal> fees) {
        return fees.isEmpty()
                ? "no fee"
                : fees.entrySet().stream()
                        .map(fee -> plain(fee.getValue()) + " " + fee.getKey())
                        .collect(Collectors.joining(" and "));
    }

    private static String plain(BigDecimal amount) {
        return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
    }
}
