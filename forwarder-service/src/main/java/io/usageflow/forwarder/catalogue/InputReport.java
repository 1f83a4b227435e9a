package io.usageflow.forwarder.catalogue;

import io.usageflow.forwarder.catalogue.CatalogueReport.Result;
import io.usageflow.forwarder.catalogue.CatalogueReport.Row;
import java.util.List;

/**
 * Which events of an input Credyt would bill, by its catalogue.
 *
 * @param complete false if the check was stopped
 * @param events that were judged
 * @param rows events that would not be billed first
 * @param notes sentences on what could not be read
 */
public record InputReport(boolean complete, long events, List<Row> rows, List<String> notes) {
    public InputReport {
        rows = List.copyOf(rows);
        notes = List.copyOf(notes);
    }

    /** Events with this result. */
    public long events(Result result) {
        return CatalogueReport.events(rows, result);
    }

    /** Whether every event of the input would be billed, or is free. */
    public boolean isBilled() {
        return complete && events(Result.BILLED) + events(Result.FREE) == events;
    }
}
