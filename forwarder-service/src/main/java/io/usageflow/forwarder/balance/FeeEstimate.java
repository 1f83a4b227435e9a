package io.usageflow.forwarder.balance;

import io.usageflow.forwarder.catalogue.BillingForecast;
import io.usageflow.forwarder.catalogue.cache.Forecasts;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.schema.UsageEvent;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Expected fees of events, by what was last read of Credyt's catalogue.
 *
 * @param forecasts empty where the forwarder does not read the catalogue: then no fee is known
 */
record FeeEstimate(Optional<Forecasts> forecasts) {
    /**
     * The fees by asset; empty if the catalogue or the customer was not read yet, or Credyt did not show enough. Of a
     * price in several assets Credyt charges one, and which is not documented: each of them counts.
     */
    Optional<Map<String, BigDecimal>> of(Reference customer, UsageEvent event) {
        return forecasts.flatMap(known -> known.of(customer, event.getEventType(), event.getData())
                .match(() -> Optional.of(Map.of()), answer -> fees(answer.forecast()), notRead -> Optional.empty()));
    }

    private static Optional<Map<String, BigDecimal>> fees(BillingForecast forecast) {
        return forecast.match(
                billed -> {
                    Map<String, BigDecimal> fees = new HashMap<>();
                    billed.fees().forEach(fee -> fee.amounts()
                            .forEach((asset, amount) -> fees.merge(asset, amount, BigDecimal::add)));
                    return Optional.of(Map.copyOf(fees));
                },
                notBilled -> Optional.of(Map.of()),
                undecided -> Optional.empty());
    }
}
