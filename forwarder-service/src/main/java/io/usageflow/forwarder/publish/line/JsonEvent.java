package io.usageflow.forwarder.publish.line;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.publish.line.LineSource.BadLineException;
import io.usageflow.producer.Cost;
import io.usageflow.producer.UsageEvent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event from a JSON object with the field names of the schema. Unknown fields are refused as typing errors.
 * Pure.
 */
final class JsonEvent {
    private static final List<String> FIELDS = List.of(
            "id",
            "event_type",
            "occurred_at",
            "account_id",
            "customer_id",
            "customer_external_id",
            "subject",
            "description",
            "data",
            "costs");
    private static final List<String> COST_FIELDS =
            List.of("id", "vendor", "description", "amount", "currency", "metadata");

    private JsonEvent() {}

    /** Makes the event, with a random id if the object has none. */
    static UsageEvent of(ObjectNode object, AmountRounding amounts) throws BadLineException {
        onlyKnown(object, FIELDS, "");
        UsageEvent event = UsageEvent.of(required(object, "event_type", ""))
                .account(required(object, "account_id", ""))
                .customerId(text(object, "customer_id", ""))
                .customerExternalId(text(object, "customer_external_id", ""))
                .subject(text(object, "subject", ""))
                .description(text(object, "description", ""));
        String id = text(object, "id", "");
        if (id != null) {
            event = event.id(GivenId.of(id));
        }
        String occurredAt = text(object, "occurred_at", "");
        if (occurredAt != null) {
            event = event.occurredAt(EventTime.parse(occurredAt, Optional.empty()));
        }
        JsonNode data = object.get("data");
        if (data != null && !data.isNull()) {
            event = event.dataAll(entries(data, "data"));
        }
        for (Cost cost : costs(object.get("costs"), amounts)) {
            event = event.cost(cost);
        }
        return event;
    }

    /** Returns a field by its path, such as {@code data.request_id}; empty unless it is a scalar. */
    static Optional<String> scalar(ObjectNode object, String path) {
        JsonNode node = object;
        for (String step : path.split("\\.", 2)) {
            node = node.path(step);
        }
        return node.isValueNode() && !node.isNull() ? Optional.of(node.asText()) : Optional.empty();
    }

    private static List<Cost> costs(@Nullable JsonNode node, AmountRounding amounts) throws BadLineException {
        if (node == null || node.isNull()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw new BadLineException(
                    "costs is not an array: write [{\"vendor\":...,\"amount\":...,\"currency\":...}]");
        }
        var costs = new ArrayList<Cost>();
        for (JsonNode cost : node) {
            costs.add(cost(cost, "costs[" + costs.size() + "]", amounts));
        }
        return costs;
    }

    private static Cost cost(JsonNode node, String path, AmountRounding amounts) throws BadLineException {
        if (!(node instanceof ObjectNode object)) {
            throw new BadLineException(
                    path + " is not an object: write {\"vendor\":...,\"amount\":...,\"currency\":...}");
        }
        String prefix = path + ".";
        onlyKnown(object, COST_FIELDS, prefix);
        var metadata = new LinkedHashMap<String, String>();
        JsonNode given = object.get("metadata");
        if (given != null && !given.isNull()) {
            for (Map.Entry<String, @Nullable Object> entry :
                    entries(given, prefix + "metadata").entrySet()) {
                if (!(entry.getValue() instanceof String value)) {
                    throw new BadLineException(
                            prefix + "metadata." + entry.getKey() + " is not text: write it in double quotes");
                }
                metadata.put(entry.getKey(), value);
            }
        }
        BigDecimal amount = amount(object.get("amount"), prefix + "amount");
        String currency = required(object, "currency", prefix);
        return new Cost(
                required(object, "vendor", prefix),
                amounts.of(amount, currency),
                currency,
                text(object, "id", prefix),
                text(object, "description", prefix),
                metadata);
    }

    /** A JSON number, or a number in quotes, as exporters write it to avoid floats. */
    private static BigDecimal amount(@Nullable JsonNode node, String path) throws BadLineException {
        if (node != null && node.isNumber()) {
            return NumberText.bounded(node.decimalValue(), path);
        }
        if (node != null && node.isTextual()) {
            return NumberText.decimal(node.textValue(), path);
        }
        throw new BadLineException(path + (node == null || node.isNull() ? " is missing" : " is not a number")
                + ": write the amount in units of the currency, such as 0.0161");
    }

    private static Map<String, @Nullable Object> entries(JsonNode node, String path) throws BadLineException {
        if (!(node instanceof ObjectNode object)) {
            throw new BadLineException(path + " is not an object: write {\"name\":value,...}");
        }
        var entries = new LinkedHashMap<String, @Nullable Object>();
        object.properties().forEach(entry -> entries.put(entry.getKey(), plain(entry.getValue())));
        return entries;
    }

    private static @Nullable Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                var object = new LinkedHashMap<String, @Nullable Object>();
                node.properties().forEach(entry -> object.put(entry.getKey(), plain(entry.getValue())));
                yield object;
            }
            case ARRAY -> {
                var array = new ArrayList<@Nullable Object>();
                node.forEach(element -> array.add(plain(element)));
                yield array;
            }
            case NUMBER ->
                node.isIntegralNumber() && node.canConvertToLong()
                        ? (Object) node.longValue()
                        : node.isIntegralNumber() ? node.bigIntegerValue() : node.decimalValue();
            case BOOLEAN -> node.booleanValue();
            case STRING -> node.textValue();
            default -> null;
        };
    }

    private static String required(ObjectNode object, String field, String prefix) throws BadLineException {
        String text = text(object, field, prefix);
        if (text == null) {
            throw new BadLineException(prefix + field + " is missing");
        }
        return text;
    }

    private static @Nullable String text(ObjectNode object, String field, String prefix) throws BadLineException {
        JsonNode node = object.get(field);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isTextual()) {
            throw new BadLineException(prefix + field + " is not text: write it in double quotes");
        }
        return node.textValue();
    }

    private static void onlyKnown(ObjectNode object, List<String> known, String prefix) throws BadLineException {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                throw new BadLineException(
                        "has the unknown field " + prefix + name + ": use " + String.join(", ", known)
                                + (prefix.isEmpty() ? "; what pricing looks at belongs into data" : ""));
            }
        }
    }
}
