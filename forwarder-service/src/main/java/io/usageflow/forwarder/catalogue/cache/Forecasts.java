package io.usageflow.forwarder.catalogue.cache;

import io.usageflow.forwarder.links.Link.Reference;
import java.util.Map;

/**
 * Says of an event whether Credyt will bill it, by what was last read of Credyt's catalogue. Never asks Credyt and
 * never waits. Thread-safe.
 */
public interface Forecasts {
    /**
     * Judges an event.
     *
     * @param customer as the event goes to Credyt
     * @param data of the published event
     */
    CatalogueAnswer of(Reference customer, String eventType, Map<String, Object> data);

    /** Differs after each reading that may change an answer. */
    long version();
}
