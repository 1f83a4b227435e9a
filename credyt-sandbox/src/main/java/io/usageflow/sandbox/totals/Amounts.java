package io.usageflow.sandbox.totals;

import io.usageflow.sandbox.json.Decimals;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** A sum per asset or currency. Guarded by the lock of {@link io.usageflow.sandbox.books.Books}. */
public final class Amounts {
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
