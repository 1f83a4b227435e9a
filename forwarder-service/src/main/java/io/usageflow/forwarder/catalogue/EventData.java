package io.usageflow.forwarder.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The {@code data} of an event, as prices look at it: values as Credyt receives them, but for zeros at the end. */
interface EventData {
    /**
     * The value of a field; a missing node if there is none.
     *
     * @throws IllegalArgumentException if JSON cannot say it
     */
    JsonNode value(String field);

    /** The names of the fields, in any order. */
    Collection<String> fields();

    /** The data of a JSON object, or none. */
    static EventData of(JsonNode json) {
        return new EventData() {
            @Override
            public JsonNode value(String field) {
                return json.path(field);
            }

            @Override
            public Collection<String> fields() {
                List<String> names = new ArrayList<>();
                json.fieldNames().forEachRemaining(names::add);
                return names;
            }
        };
    }

    /** The data of a published event, read without writing JSON: admission looks at every event. */
    static EventData of(Map<String, Object> published) {
        return new EventData() {
            @Override
            public JsonNode value(String field) {
                Object value = published.get(field);
                if (value instanceof String text) {
                    return TextNode.valueOf(text);
                }
                if (value instanceof Long number) {
                    return LongNode.valueOf(number);
                }
                if (value instanceof BigDecimal decimal) {
                    return DecimalNode.valueOf(decimal);
                }
                if (value instanceof Boolean truth) {
                    return BooleanNode.valueOf(truth);
                }
                // JSON text and what the schema does not allow: read as delivery writes it, and refused as there.
                return published.containsKey(field)
                        ? SubscribedPrices.json(Collections.singletonMap(field, value))
                                .path(field)
                        : MissingNode.getInstance();
            }

            @Override
            public Collection<String> fields() {
                return published.keySet();
            }
        };
    }
}
