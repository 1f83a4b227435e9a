package io.usageflow.sandbox.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.json.FieldErrors;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event as it was sent.
 *
 * @param raw its bytes in the request
 * @param data null if absent
 * @param errors the errors of the event by itself; if there are any, ignore the other components
 */
public record SubmittedEvent(
        String id,
        String eventType,
        byte[] raw,
        @Nullable JsonNode data,
        List<SubmittedCost> costs,
        FieldErrors errors) {
    /**
     * A vendor cost as it was sent.
     *
     * @param vendorId exactly one of this and {@code vendorExternalId} is present in a valid cost
     */
    record SubmittedCost(
            @Nullable String vendorId, @Nullable String vendorExternalId, BigDecimal amount, String currency) {}
}
