package io.usageflow.forwarder.api;

import io.usageflow.forwarder.console.FlowHistory;
import io.usageflow.forwarder.observe.HealthReport;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.forwarder.observe.Version;
import io.usageflow.forwarder.observe.meter.AdmissionMeter;
import io.usageflow.forwarder.observe.meter.CataloguedMeter;
import io.usageflow.forwarder.observe.meter.DeliveryMeter;
import io.usageflow.forwarder.observe.meter.LedgerMeter;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How events flow through one instance: what its meters say now.
 *
 * @param stages in the order of an event's path
 * @param admission absent where the instance does not run it
 * @param delivery absent where the instance does not run it
 * @param books over all instances and partitions
 */
public record FlowDocument(
        String instance,
        String version,
        Instant asOf,
        boolean live,
        boolean ready,
        Map<String, StageHealth> stages,
        Optional<AdmissionFlow> admission,
        Optional<DeliveryFlow> delivery,
        Books books) {

    /**
     * Admission's.
     *
     * @param admittedPerSecond in the last minute
     * @param admitted since the process began, like all counts
     * @param lastEventAt when the newest event that was read had been appended; absent before the first
     * @param oldestUnreadSeconds 0 where nothing waits
     */
    public record AdmissionFlow(
            double admittedPerSecond,
            long admitted,
            long duplicates,
            long deadLettered,
            long parked,
            double oldestParkedSeconds,
            Optional<Instant> lastEventAt,
            double oldestUnreadSeconds) {}

    /**
     * Delivery's.
     *
     * @param acceptedPerSecond in the last minute
     * @param accepted since the process began, like all counts
     * @param notRead records that wait in Kafka
     * @param outstanding events that were read and are not settled
     * @param oldestSeconds age of the oldest of them; 0 where there is none
     * @param circuitOpen whether nothing is sent but a probe now and then
     */
    public record DeliveryFlow(
            double acceptedPerSecond,
            long accepted,
            long deadLettered,
            long notRead,
            long outstanding,
            double oldestSeconds,
            boolean circuitOpen,
            long requestsInFlight,
            long requestsInFlightMax,
            long failingCustomers) {}

    /**
     * The ledger's, as it was read last.
     *
     * @param imbalance events by which the books do not balance; 0 where they do, and before the first reading
     * @param ageSeconds how long ago the ledger was read; before the first reading, how long it has been wanted
     */
    public record Books(long imbalance, long inFlight, double ageSeconds) {}

    static FlowDocument of(String instance, Instant now, HealthReport health, FlowHistory history) {
        FlowHistory.Rates rates = history.lastMinute();
        return new FlowDocument(
                instance,
                Version.current(),
                now,
                health.live(),
                health.ready(),
                health.stages(),
                history.max(AdmissionMeter.LAST_EVENT).isEmpty()
                        ? Optional.empty()
                        : Optional.of(admission(rates, history)),
                history.sum(DeliveryMeter.OUTSTANDING).isEmpty()
                        ? Optional.empty()
                        : Optional.of(delivery(rates, history)),
                new Books(
                        whole(history.sum(LedgerMeter.IMBALANCE)),
                        whole(history.sum(LedgerMeter.IN_FLIGHT)),
                        history.max(LedgerMeter.AGE).orElse(0)));
    }

    private static AdmissionFlow admission(FlowHistory.Rates rates, FlowHistory history) {
        return new AdmissionFlow(
                rates.admitted(),
                count(history, AdmissionMeter.EVENTS, "admitted"),
                count(history, AdmissionMeter.EVENTS, "duplicate"),
                count(history, AdmissionMeter.EVENTS, "dead_lettered"),
                whole(history.sum(AdmissionMeter.PARKED)),
                history.max(AdmissionMeter.PARKED_OLDEST_AGE).orElse(0),
                history.max(AdmissionMeter.LAST_EVENT).stream()
                        .filter(seconds -> seconds > 0)
                        .mapToObj(seconds -> Instant.ofEpochMilli(Math.round(seconds * 1000)))
                        .findFirst(),
                history.max(AdmissionMeter.OLDEST_AGE).orElse(0));
    }

    private static DeliveryFlow delivery(FlowHistory.Rates rates, FlowHistory history) {
        return new DeliveryFlow(
                rates.delivered(),
                count(history, DeliveryMeter.EVENTS, "accepted"),
                count(history, DeliveryMeter.EVENTS, "dead_lettered"),
                whole(history.sum(DeliveryMeter.LAG)),
                whole(history.sum(DeliveryMeter.OUTSTANDING)),
                history.max(DeliveryMeter.OLDEST_AGE).orElse(0),
                history.max(DeliveryMeter.CIRCUIT).orElse(0) > 0,
                whole(history.sum(DeliveryMeter.IN_FLIGHT)),
                whole(history.sum(DeliveryMeter.LIMIT)),
                whole(history.sum(DeliveryMeter.FAILING_CUSTOMERS)));
    }

    private static long count(FlowHistory history, CataloguedMeter counter, String outcome) {
        return Math.round(history.count(counter, "outcome", outcome));
    }

    private static long whole(OptionalDouble value) {
        return Math.round(value.orElse(0));
    }
}
