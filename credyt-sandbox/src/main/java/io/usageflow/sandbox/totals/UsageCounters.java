package io.usageflow.sandbox.totals;

import io.usageflow.sandbox.json.Decimals;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Events, fees and costs of one customer, event type or vendor. Not thread-safe. */
public final class UsageCounters {
    private final Amounts fees = new Amounts();
    private final Amounts costs = new Amounts();
    private long events;

    void countEvents(int change) {
        events += change;
    }

    void addFee(String asset, BigDecimal amount) {
        fees.add(asset, amount);
    }

    void addCost(String currency, BigDecimal amount) {
        costs.add(currency, amount);
    }

    long events() {
        return events;
    }

    public View view() {
        return new View(events, fees.snapshot(), costs.snapshot());
    }

    /**
     * The counters at one moment. Immutable.
     *
     * @param fees by asset, exact
     * @param costs by currency, exact
     */
    public record View(long events, Map<String, BigDecimal> fees, Map<String, BigDecimal> costs) {}

    /** A sum per asset or currency. Not thread-safe. */
    public static final class Amounts {
        private final Map<String, BigDecimal> byUnit = new TreeMap<>();

        public void add(String unit, BigDecimal amount) {
            byUnit.merge(unit, amount, BigDecimal::add);
        }

        /** A copy that later additions do not change. */
        public Map<String, BigDecimal> snapshot() {
            Map<String, BigDecimal> copy = new TreeMap<>(byUnit);
            copy.replaceAll((unit, amount) -> Decimals.normal(amount));
            return Collections.unmodifiableMap(copy);
        }
    }
}
