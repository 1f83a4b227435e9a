package io.usageflow.sandbox.event;

import io.usageflow.sandbox.json.FieldErrors;
import java.util.List;
import java.util.function.Function;

/** The content of a body of {@code POST /events}: a batch to check, or a body that is refused as a whole. */
public sealed interface Submission {
    /** The events may still be bad one by one. */
    record Batch(CustomerReference customer, List<SubmittedEvent> events) implements Submission {
        @Override
        public <T> T match(Function<Batch, T> batch, Function<Malformed, T> malformed, Function<Invalid, T> invalid) {
            return batch.apply(this);
        }
    }

    /** Not JSON, or not an object. */
    record Malformed(String detail) implements Submission {
        @Override
        public <T> T match(Function<Batch, T> batch, Function<Malformed, T> malformed, Function<Invalid, T> invalid) {
            return malformed.apply(this);
        }
    }

    /** A field outside the single events is wrong. */
    record Invalid(FieldErrors errors, int events) implements Submission {
        @Override
        public <T> T match(Function<Batch, T> batch, Function<Malformed, T> malformed, Function<Invalid, T> invalid) {
            return invalid.apply(this);
        }
    }

    <T> T match(Function<Batch, T> batch, Function<Malformed, T> malformed, Function<Invalid, T> invalid);

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
}
