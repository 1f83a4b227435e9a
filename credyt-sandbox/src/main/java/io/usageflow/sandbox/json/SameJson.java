package io.usageflow.sandbox.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** Whether two JSON values say the same: order of keys is free, and {@code 1}, {@code 1.0} and {@code 1e0} are one number. */
public final class SameJson {
    private SameJson() {}

    public static boolean same(JsonNode a, JsonNode b) {
        if (a.isNumber() && b.isNumber()) {
            return a.decimalValue().compareTo(b.decimalValue()) == 0;
        }
        if (a.getNodeType() != b.getNodeType() || a.size() != b.size()) {
            return false;
        }
        if (a.isObject()) {
            return sameFields(a, b);
        }
        return a.isArray() ? sameElements(a, b) : a.equals(b);
    }

    private static boolean sameFields(JsonNode a, JsonNode b) {
        for (Map.Entry<String, JsonNode> field : a.properties()) {
            JsonNode other = b.get(field.getKey());
            if (other == null || !same(field.getValue(), other)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameElements(JsonNode a, JsonNode b) {
        for (int i = 0; i < a.size(); i++) {
            if (!same(a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }
}
