package io.usageflow.forwarder.catalogue;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.usageflow.forwarder.catalogue.BillingForecast.Cause;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which events of a period Credyt bills, by its catalogue.
 *
 * @param complete false if the run was stopped
 * @param events that were read and judged
 * @param unreadable records that are no events
 * @param rows events that are not billed first
 * @param notes sentences on what could not be read
 */
public record CatalogueReport(
        Instant from, Instant to, boolean complete, long events, long unreadable, List<Row> rows, List<String> notes) {
    public CatalogueReport {
        rows = List.copyOf(rows);
        notes = List.copyOf(notes);
    }

    /**
     * Events that have one result in common.
     *
     * @param dimensions the values by which prices of this event type differ
     * @param products codes of the products that charge these events
     * @param result what Credyt does with them
     * @param cause why they are not billed; present with {@link Result#NOT_BILLED} only
     * @param detail for people; the field, the product or the value, and the remedy; of the example
     */
    public record Row(
            String eventType,
            Map<String, String> dimensions,
            List<String> products,
            Result result,
            Optional<Cause> cause,
            Optional<String> detail,
            long events,
            String exampleEventId,
            String exampleAccountId) {
        public Row {
            dimensions = Map.copyOf(dimensions);
            products = List.copyOf(products);
        }

        /** Whether Credyt does not bill these events, or may not. */
        @JsonIgnore
        public boolean isOpen() {
            return result == Result.NOT_BILLED || result == Result.UNDECIDED;
        }

        /** The result with its cause, for people. */
        public String outcome() {
            return cause.map(why -> result + ", " + why).orElse(result.name());
        }
    }

    /** What Credyt does with an event. */
    public enum Result {
        NOT_BILLED,
        /** Credyt does not show enough. */
        UNDECIDED,
        BILLED,
        /** The operator has named the event type as one that has no price. */
        FREE
    }

    /** Events with this result. */
    public static long events(List<Row> rows, Result result) {
        return rows.stream()
                .filter(row -> row.result() == result)
                .mapToLong(Row::events)
                .sum();
    }

    /** Why the open rows are open, each reason once. */
    public static List<String> details(List<Row> rows) {
        return rows.stream()
                .filter(Row::isOpen)
                .flatMap(row -> row.detail().stream())
                .distinct()
                .toList();
    }

    /** Whether all events are billed, or free. */
    public boolean isClean() {
        return complete && notes.isEmpty() && rows.stream().noneMatch(Row::isOpen);
    }
}
