package io.usageflow.sandbox.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.json.Fields.FieldErrors;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The content of a body of {@code POST /events}: a batch to check, or a body that is refused as a whole. */
public sealed interface Submission {
    /** The events may still be bad one by one. */
    record Batch(CustomerReference customer, List<SubmittedEvent> events) implements Submission {}

    /** Not JSON, or not an object. */
    record Malformed(String detail) implements Submission {}

    /** A field outside the single events is wrong. */
    record Invalid(FieldErrors errors, int events) implements Submission {}

    default <T> T match(Function<Batch, T> batch, Function<Malformed, T> malformed, Function<Invalid, T> invalid) {
        if (this instanceof Batch it) {
            return batch.apply(it);
        }
        return this instanceof Malformed it ? malformed.apply(it) : invalid.apply((Invalid) this);
    }

    /**
     * The customer of the events.
     *
     * @param external whether {@code value} is the publisher's own id
     */
    record CustomerReference(boolean external, String value) {
        public String field() {
            return external ? "customer_external_id" : "customer_id";
        }
    }

    /**
     * An event as it was sent.
     *
     * @param raw its bytes in the request
     * @param data null if absent
     * @param errors the errors of the event by itself; if there are any, ignore the other components
     */
    record SubmittedEvent(
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
}
