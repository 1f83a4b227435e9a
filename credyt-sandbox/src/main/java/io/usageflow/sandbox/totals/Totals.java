package io.usageflow.sandbox.totals;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The sums over everything that the sandbox stores. Not thread-safe. */
public final class Totals {
    private final Map<String, UsageCounters> byCustomer = new LinkedHashMap<>();
    private final Map<String, UsageCounters> byEventType = new LinkedHashMap<>();
    private final Map<String, UsageCounters> byVendor = new LinkedHashMap<>();
    private UsageCounters all = new UsageCounters();
    private long repeatedRequests;
    private long conflictingContent;
    private long rejected;

    /**
     * A cost of an event.
     *
     * @param vendor its label
     */
    public record Cost(String vendor, BigDecimal amount, String currency) {}

    /** The sign adds an event or takes it out again. */
    public enum Sign {
        ADD,
        REMOVE
    }

    /**
     * Counts an event and its costs.
     *
     * @param customer its label
     */
    public void countEvent(String customer, String eventType, List<Cost> costs, Sign sign) {
        int change = sign == Sign.ADD ? 1 : -1;
        List<UsageCounters> counters = List.of(all, customer(customer), eventType(eventType));
        counters.forEach(counter -> counter.countEvents(change));
        Set<String> counted = new HashSet<>();
        for (Cost cost : costs) {
            BigDecimal amount = sign == Sign.ADD ? cost.amount() : cost.amount().negate();
            counters.forEach(counter -> counter.addCost(cost.currency(), amount));
            UsageCounters vendor = vendor(cost.vendor());
            vendor.addCost(cost.currency(), amount);
            if (counted.add(cost.vendor())) {
                vendor.countEvents(change);
            }
        }
    }

    /**
     * Counts a fee.
     *
     * @param customer its label
     * @param amount negative for a fee that is taken back
     */
    public void countFee(String customer, String eventType, String asset, BigDecimal amount) {
        all.addFee(asset, amount);
        customer(customer).addFee(asset, amount);
        eventType(eventType).addFee(asset, amount);
    }

    public void countRepeat(boolean otherContent) {
        repeatedRequests++;
        if (otherContent) {
            conflictingContent++;
        }
    }

    public void countRejected(int events) {
        rejected += events;
    }

    public UsageCounters customer(String label) {
        return byCustomer.computeIfAbsent(label, key -> new UsageCounters());
    }

    public UsageCounters vendor(String label) {
        return byVendor.computeIfAbsent(label, key -> new UsageCounters());
    }

    private UsageCounters eventType(String eventType) {
        return byEventType.computeIfAbsent(eventType, key -> new UsageCounters());
    }

    public SandboxStats stats() {
        UsageCounters.View sums = all.view();
        return new SandboxStats(
                sums.events(),
                repeatedRequests,
                conflictingContent,
                rejected,
                sums.fees(),
                sums.costs(),
                views(byCustomer),
                views(byEventType),
                views(byVendor));
    }

    public void clear() {
        all = new UsageCounters();
        byCustomer.clear();
        byEventType.clear();
        byVendor.clear();
        repeatedRequests = 0;
        conflictingContent = 0;
        rejected = 0;
    }

    private static Map<String, UsageCounters.View> views(Map<String, UsageCounters> counters) {
        Map<String, UsageCounters.View> views = new LinkedHashMap<>();
        counters.forEach((key, counter) -> {
            if (counter.events() != 0) {
                views.put(key, counter.view());
            }
        });
        return views;
    }
}
