package io.usageflow.sandbox.api;

import io.usageflow.sandbox.totals.UsageCounters;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** {@code /customers/{id}/stats} and {@code /vendors/{id}/stats}. No source shows the real shape. */
record StatsView(long events, List<FeeSum> fees, List<CostSum> costs) {
    record FeeSum(String asset, BigDecimal amount) {}

    record CostSum(String currency, BigDecimal amount) {}

    static StatsView of(UsageCounters counters) {
        UsageCounters.View view = counters.view();
        return new StatsView(
                view.events(),
                feeSums(view.fees()),
                view.costs().entrySet().stream()
                        .map(sum -> new CostSum(sum.getKey(), sum.getValue()))
                        .toList());
    }

    static List<FeeSum> feeSums(Map<String, BigDecimal> byAsset) {
        return byAsset.entrySet().stream()
                .map(sum -> new FeeSum(sum.getKey(), sum.getValue()))
                .toList();
    }
}
