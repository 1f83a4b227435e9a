package io.usageflow.forwarder.catalogue.simulation;

import io.usageflow.forwarder.catalogue.BillingForecast.Cause;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What events would cost: by our estimate, and by Credyt's own simulation.
 *
 * @param complete false if the run was stopped
 * @param events that were priced
 * @param products the versions that both asked, such as {@code assistant, version 1}
 * @param rows the ones to look at first
 * @param notes sentences on what could not be read
 */
public record SimulationReport(
        boolean complete, long events, List<String> products, List<Row> rows, List<String> notes) {
    public SimulationReport {
        products = List.copyOf(products);
        rows = List.copyOf(rows);
        notes = List.copyOf(notes);
    }

    /**
     * Events of one type that have one result in common.
     *
     * @param cause why they are not billed; present with {@link Result#NOT_BILLED} only
     * @param detail for people; of the example
     * @param estimated sums by asset, plain decimals; text, so that no reader takes them for floats
     * @param simulated likewise, by Credyt; empty with {@link Result#UNDECIDED} if Credyt's answer says nothing
     * @param exampleLine of the input
     */
    public record Row(
            String eventType,
            Result result,
            Optional<Cause> cause,
            Optional<String> detail,
            long events,
            Map<String, String> estimated,
            Map<String, String> simulated,
            long exampleLine,
            String exampleEventId) {
        public Row {
            estimated = Map.copyOf(estimated);
            simulated = Map.copyOf(simulated);
        }
    }

    /** How the estimate and Credyt's simulation compare. */
    public enum Result {
        /** Other fees, or fees from one of the two only. */
        DIFFERENT,
        /** No fee from either. */
        NOT_BILLED,
        /** One of the two says not enough. */
        UNDECIDED,
        /** The same fees. */
        EQUAL,
        /** The operator has named the event type as one that has no price. */
        FREE
    }

    /** Whether all events cost the same by both, or are free. */
    public boolean isClean() {
        return complete
                && notes.isEmpty()
                && rows.stream().allMatch(row -> row.result() == Result.EQUAL || row.result() == Result.FREE);
    }
}
