package io.usageflow.forwarder.deadletter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.usageflow.schema.Cost;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.Source;
import io.usageflow.schema.UsageEvent;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A usage event as JSON in the words of its schema, as {@code publish --input} takes it, and without loss: decimals
 * digit by digit, nested values as they were written. Pure.
 */
public final class EventDocument {
    /** The field for a nested value that is not JSON, which only a foreign producer can have written. */
    static final String NOT_JSON = "not_json";

    private static final JsonNodeFactory NODES = JsonNodeFactory.withExactBigDecimals(true);
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private EventDocument() {}

    /** Leaves out fields that the event does not have; the entries of maps are in alphabetical order. */
    public static ObjectNode of(UsageEvent event) {
        ObjectNode document = NODES.objectNode();
        document.put("id", event.getId())
                .put("event_type", event.getEventType())
                .put("occurred_at", event.getOccurredAt().toString())
                .put("account_id", event.getAccountId());
        optional(document, "customer_id", event.getCustomerId());
        optional(document, "customer_external_id", event.getCustomerExternalId());
        optional(document, "subject", event.getSubject());
        optional(document, "description", event.getDescription());
        ObjectNode data = document.putObject("data");
        new TreeMap<>(event.getData()).forEach((key, value) -> datum(data, key, value));
        ArrayNode costs = document.putArray("costs");
        event.getCosts().forEach(cost -> costs.add(cost(cost)));
        if (event.getSource() != null) {
            document.set("source", source(event.getSource()));
        }
        return document;
    }

    private static ObjectNode cost(Cost cost) {
        ObjectNode node = NODES.objectNode();
        optional(node, "id", cost.getId());
        node.put("vendor", cost.getVendor());
        optional(node, "description", cost.getDescription());
        node.set("amount", NODES.numberNode(plain(cost.getAmount())));
        node.put("currency", cost.getCurrency());
        if (!cost.getMetadata().isEmpty()) {
            ObjectNode metadata = node.putObject("metadata");
            new TreeMap<>(cost.getMetadata()).forEach(metadata::put);
        }
        return node;
    }

    private static ObjectNode source(Source source) {
        ObjectNode node = NODES.objectNode();
        optional(node, "service", source.getService());
        optional(node, "instance", source.getInstance());
        optional(node, "library_version", source.getLibraryVersion());
        return node;
    }

    private static void datum(ObjectNode data, String key, @Nullable Object value) {
        if (value == null) {
            data.putNull(key);
        } else if (value instanceof Boolean truth) {
            data.put(key, truth);
        } else if (value instanceof Long number) {
            data.put(key, number);
        } else if (value instanceof BigDecimal decimal) {
            data.set(key, NODES.numberNode(plain(decimal)));
        } else if (value instanceof JsonValue json) {
            nested(data, key, json.getJson());
        } else {
            data.put(key, value.toString());
        }
    }

    /** Writes the text itself, because parsing could lose the order of names, a repeated name, or a digit. */
    private static void nested(ObjectNode data, String key, String text) {
        if (isOneJsonValue(text)) {
            // Line ends can only be between values, where a blank means the same.
            data.putRawValue(key, new RawValue(text.strip().replace('\n', ' ').replace('\r', ' ')));
        } else {
            data.putObject(key).put(NOT_JSON, text);
        }
    }

    private static boolean isOneJsonValue(String text) {
        int values = 0;
        int depth = 0;
        try (JsonParser parser = JSON.createParser(text)) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                values += depth == 0 ? 1 : 0;
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
            return values == 1;
        } catch (IOException malformed) {
            return false;
        }
    }

    /** Without the trailing zeros of the schema's fixed scale. */
    static BigDecimal plain(BigDecimal exact) {
        BigDecimal stripped = exact.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    private static void optional(ObjectNode node, String field, @Nullable String value) {
        if (value != null) {
            node.put(field, value);
        }
    }
}
