package io.usageflow.sandbox.totals;

import java.math.BigDecimal;
import java.util.Map;

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
