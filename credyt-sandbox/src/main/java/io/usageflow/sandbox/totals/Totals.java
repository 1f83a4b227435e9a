package io.usageflow.sandbox.totals;

import io.usageflow.sandbox.json.Decimals;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

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

    /**
     * The sandbox's own figures at one moment. Immutable. Sums are exact and cover the present content.
     *
     * @param events stored, each id once
     * @param repeatedRequests events in requests whose id was there already
     * @param conflictingContent those of them whose content or customer was not that of the first
     * @param rejected events in requests that broke a rule; a batch with a wrong envelope counts all of its events
     * @param fees by asset
     * @param costs by currency
     * @param byCustomer by external id, or Credyt's id if there is none; without customers that have no events
     * @param byVendor {@code events} counts the events with a cost of that vendor; {@code fees} is empty
     */
    public record SandboxStats(
            long events,
            long repeatedRequests,
            long conflictingContent,
            long rejected,
            Map<String, BigDecimal> fees,
            Map<String, BigDecimal> costs,
            Map<String, UsageCounters.View> byCustomer,
            Map<String, UsageCounters.View> byEventType,
            Map<String, UsageCounters.View> byVendor) {}

    /** Events, fees and costs of one customer, event type or vendor. Not thread-safe. */
    public static final class UsageCounters {
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
}
