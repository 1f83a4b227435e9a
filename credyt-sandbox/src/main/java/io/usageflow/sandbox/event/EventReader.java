package io.usageflow.sandbox.event;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.behaviour.ValidationRules;
import io.usageflow.sandbox.event.Submission.CustomerReference;
import io.usageflow.sandbox.event.Submission.SubmittedEvent;
import io.usageflow.sandbox.json.Fields.FieldErrors;
import io.usageflow.sandbox.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of {@code POST /events}. Each event keeps its own slice of the body, which is stored and given back
 * byte for byte. A slice takes a quarter of the memory of a tree.
 */
public final class EventReader {
    private static final ObjectReader VALUE =
            Json.MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final EventShape shape;

    public EventReader(ValidationRules rules) {
        this.shape = new EventShape(rules);
    }

    public Submission read(byte[] body) {
        try (JsonParser parser = Json.MAPPER.getFactory().createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return new Submission.Malformed("The body must be a JSON object.");
            }
            Envelope envelope = new Envelope(body);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                envelope.take(field, parser);
            }
            if (parser.nextToken() != null) {
                return new Submission.Malformed("Something follows the JSON object.");
            }
            return envelope.submission();
        } catch (JsonProcessingException e) {
            // The text around the place may hold customer data: report only the problem and its place.
            e.clearLocation();
            return new Submission.Malformed("The body is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }

    /** The fields around the events, in any order. */
    private final class Envelope {
        private final byte[] body;
        private final FieldErrors errors = new FieldErrors();
        private final List<SubmittedEvent> events = new ArrayList<>();
        private @Nullable JsonNode customerId;
        private @Nullable JsonNode customerExternalId;
        private boolean hasEvents;

        Envelope(byte[] body) {
            this.body = body;
        }

        void take(String field, JsonParser parser) throws IOException {
            switch (field) {
                case "events" -> takeEvents(parser);
                case "customer_id" -> customerId = VALUE.readTree(parser);
                case "customer_external_id" -> customerExternalId = VALUE.readTree(parser);
                default -> {
                    parser.skipChildren();
                    if (shape.refusesUnknownFields()) {
                        errors.add(field, "is not a known field");
                    }
                }
            }
        }

        private void takeEvents(JsonParser parser) throws IOException {
            if (hasEvents) {
                errors.add("events", "stands twice in the body");
            }
            hasEvents = true;
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                parser.skipChildren();
                errors.add("events", "must be an array");
                return;
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                int start = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
                JsonNode value = VALUE.readTree(parser);
                int end = Math.toIntExact(parser.currentLocation().getByteOffset());
                if (start < 0) {
                    throw new JsonParseException(parser, "use UTF-8");
                }
                events.add(
                        value instanceof ObjectNode object
                                ? shape.check(object, Arrays.copyOfRange(body, start, end), events.size())
                                : new SubmittedEvent(
                                        "",
                                        "",
                                        new byte[0],
                                        null,
                                        List.of(),
                                        FieldErrors.of("events[" + events.size() + "]", "must be an object")));
            }
        }

        Submission submission() {
            String id = text("customer_id", customerId);
            String externalId = text("customer_external_id", customerExternalId);
            if (id != null && externalId != null) {
                errors.add("customer_id", "give either customer_id or customer_external_id, not both");
            } else if (id == null && externalId == null && errors.none()) {
                errors.add("customer_id", "is required: give customer_id or customer_external_id");
            }
            if (!hasEvents) {
                errors.add("events", "is required");
            } else if (events.isEmpty() && errors.none()) {
                errors.add("events", "must not be empty");
            }
            if (!errors.none()) {
                return new Submission.Invalid(errors, events.size());
            }
            CustomerReference customer = id != null
                    ? new CustomerReference(false, id)
                    : new CustomerReference(true, Objects.requireNonNull(externalId));
            return new Submission.Batch(customer, events);
        }

        private @Nullable String text(String field, @Nullable JsonNode value) {
            if (value == null || value.isNull()) {
                return null;
            }
            if (!value.isTextual() || value.textValue().isBlank()) {
                errors.add(field, "must be a string that is not empty");
                return null;
            }
            return value.textValue();
        }
    }
}
