package io.usageflow.sandbox.totals;

import java.math.BigDecimal;
import java.util.Map;

/** Events, fees and costs of one customer, event type or vendor. Guarded by the lock of {@link io.usageflow.sandbox.books.Books}. */
public final class Tally {
    private long events;
    private final Amounts fees = new Amounts();
    private final Amounts costs = new Amounts();

    public void countEvents(int change) {
        events += change;
    }

    public Amounts fees() {
        return fees;
    }

    public Amounts costs() {
        return costs;
    }

    public long events() {
        return events;
    }

    public View view() {
        return new View(events, fees.snapshot(), costs.snapshot());
    }

    /**
     * A tally at one moment. Immutable.
     *
     * @param fees by asset, exact
     * @param costs by currency, exact
     */
    public record View(long events, Map<String, BigDecimal> fees, Map<String, BigDecimal> costs) {}
}
