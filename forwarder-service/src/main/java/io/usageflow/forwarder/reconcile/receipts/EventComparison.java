package io.usageflow.forwarder.reconcile.receipts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Difference;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Compares an event as it was sent with the event as Credyt returns it. Pure.
 *
 * <p>A field that Credyt does not return, or adds, is no difference, because its documentation does not say which
 * fields it returns (docs/credyt-api.md, 3). Numbers are compared as exact decimals, whatever their notation: {@code
 * 1.50} is {@code 1.5}, and 0.1 is not 0.10000000000000001. In {@code data} and in a cost's {@code metadata}, every key
 * is content: a missing or additional key is a difference.
 */
final class EventComparison {
    private static final List<String> TEXTS = List.of("event_type", "subject", "description");
    private static final List<String> COST_TEXTS =
            List.of("vendor_id", "vendor_external_id", "description", "currency");

    /** Credyt's answers have 6 and 7 digits (docs/credyt-api.md, 1); no price depends on less than this. */
    private static final Duration TIME_TOLERANCE = Duration.ofMillis(1);

    private static final int NUMBER_CHARS_MAX = 100;

    private final List<Difference> differences = new ArrayList<>();

    private EventComparison() {}

    /**
     * @param ours an element of {@code events[]} as it was sent
     * @param theirs the answer to {@code GET /events/{id}}
     */
    static List<Difference> of(JsonNode ours, JsonNode theirs) {
        var comparison = new EventComparison();
        TEXTS.forEach(field -> comparison.text(field, ours.path(field), theirs.path(field)));
        comparison.time("occurred_at", ours.path("occurred_at"), theirs.path("occurred_at"));
        comparison.whole("data", ours.path("data"), theirs.path("data"));
        comparison.costs(ours.path("costs"), theirs.path("costs"));
        return comparison.differences;
    }

    /** Compares the customer; no difference if Credyt does not return that kind of id. */
    static Optional<Difference> ofCustomer(CredytReference customer, JsonNode theirs) {
        String field = customer.getKind() == ReferenceKind.EXTERNAL_ID ? "customer_external_id" : "customer_id";
        JsonNode named = theirs.path(field);
        return named.isTextual() && !named.textValue().equals(customer.getValue())
                ? Optional.of(new Difference(field, customer.getValue(), named.textValue()))
                : Optional.empty();
    }

    private void text(String field, JsonNode ours, JsonNode theirs) {
        if (isReturned(theirs)
                && !ours.equals(theirs)
                && !(ours.isMissingNode() && theirs.asText().isEmpty())) {
            differ(field, ours, theirs);
        }
    }

    private void time(String field, JsonNode ours, JsonNode theirs) {
        if (!isReturned(theirs)) {
            return;
        }
        Optional<Instant> sent = instant(ours);
        Optional<Instant> has = instant(theirs);
        boolean same = sent.isPresent()
                && has.isPresent()
                && Duration.between(sent.get(), has.get()).abs().compareTo(TIME_TOLERANCE) < 0;
        if (!same) {
            differ(field, ours, theirs);
        }
    }

    /** Compares an object whose every key is content. An absent object equals an empty one. */
    private void whole(String field, JsonNode ours, JsonNode theirs) {
        if (!isReturned(theirs) || (ours.isMissingNode() && theirs.isEmpty() && theirs.isContainerNode())) {
            return;
        }
        value(field, ours, theirs);
    }

    private void value(String field, JsonNode ours, JsonNode theirs) {
        if (ours.isObject() && theirs.isObject()) {
            var keys = new TreeSet<String>();
            ours.fieldNames().forEachRemaining(keys::add);
            theirs.fieldNames().forEachRemaining(keys::add);
            keys.forEach(key -> value(field + "." + key, ours.path(key), theirs.path(key)));
        } else if (ours.isArray() && theirs.isArray()) {
            for (int i = 0; i < Math.max(ours.size(), theirs.size()); i++) {
                value(field + "[" + i + "]", ours.path(i), theirs.path(i));
            }
        } else if (!isSame(ours, theirs)) {
            differ(field, ours, theirs);
        }
    }

    /** Compares costs by id if Credyt returns ids, because the order may differ; otherwise by position. */
    private void costs(JsonNode ours, JsonNode theirs) {
        if (!isReturned(theirs)) {
            return;
        }
        if (!theirs.isArray()) {
            differ("costs", ours, theirs);
            return;
        }
        List<JsonNode> left = new ArrayList<>();
        theirs.forEach(left::add);
        boolean byId = !left.isEmpty()
                && left.stream().allMatch(cost -> cost.path("id").isTextual());
        for (int i = 0; i < ours.size(); i++) {
            JsonNode cost = ours.path(i);
            String field = "costs[" + i + "]";
            JsonNode has =
                    byId ? taken(left, cost.path("id")) : left.isEmpty() ? MissingNode.getInstance() : left.remove(0);
            if (has.isMissingNode()) {
                differ(field, cost, has);
            } else {
                cost(field, cost, has);
            }
        }
        for (JsonNode added : left) {
            differ("costs[]", MissingNode.getInstance(), added);
        }
    }

    private static JsonNode taken(List<JsonNode> left, JsonNode id) {
        for (Iterator<JsonNode> each = left.iterator(); each.hasNext(); ) {
            JsonNode cost = each.next();
            if (cost.path("id").asText().equalsIgnoreCase(id.asText())) {
                each.remove();
                return cost;
            }
        }
        return MissingNode.getInstance();
    }

    private void cost(String field, JsonNode ours, JsonNode theirs) {
        if (isReturned(theirs.path("amount")) && !isSame(ours.path("amount"), theirs.path("amount"))) {
            differ(field + ".amount", ours.path("amount"), theirs.path("amount"));
        }
        for (String name : COST_TEXTS) {
            // A vendor is sent with one of two kinds of id; Credyt may add the other.
            if (!ours.path(name).isMissingNode() || !name.startsWith("vendor")) {
                text(field + "." + name, ours.path(name), theirs.path(name));
            }
        }
        whole(field + ".metadata", ours.path("metadata"), theirs.path("metadata"));
    }

    /** A number returned as a string with the same value is equal; null equals an absent field. */
    private static boolean isSame(JsonNode ours, JsonNode theirs) {
        if (!isReturned(ours) && !isReturned(theirs)) {
            return true;
        }
        if (ours.isNumber() && theirs.isNumber()) {
            return ours.decimalValue().compareTo(theirs.decimalValue()) == 0;
        }
        if (ours.isNumber() && theirs.isTextual() && theirs.textValue().length() <= NUMBER_CHARS_MAX) {
            try {
                return ours.decimalValue()
                                .compareTo(new BigDecimal(theirs.textValue().strip()))
                        == 0;
            } catch (NumberFormatException noNumber) {
                return false;
            }
        }
        return ours.equals(theirs);
    }

    private static Optional<Instant> instant(JsonNode text) {
        try {
            return Optional.of(OffsetDateTime.parse(text.asText()).toInstant());
        } catch (DateTimeParseException noTime) {
            return Optional.empty();
        }
    }

    private static boolean isReturned(JsonNode node) {
        return !node.isMissingNode() && !node.isNull();
    }

    private void differ(String field, JsonNode ours, JsonNode theirs) {
        differences.add(new Difference(field, shown(ours), shown(theirs)));
    }

    private static String shown(JsonNode node) {
        return node.isMissingNode() ? Difference.NONE : node.isTextual() ? node.textValue() : node.toString();
    }
}
