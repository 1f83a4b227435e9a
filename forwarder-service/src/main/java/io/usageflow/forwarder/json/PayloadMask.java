package io.usageflow.forwarder.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Hides the values of fields by their names, at any depth, before a person sees them; also the old and the new value of
 * a fix of such a field. Free text is not searched. Immutable and pure.
 */
public final class PayloadMask {
    /** Hides nothing. */
    public static final PayloadMask NONE = new PayloadMask(List.of());

    /** What is shown instead of a value. */
    public static final String MASKED = "(masked)";

    private final List<Pattern> names;

    /** @param names of fields, in any case; {@code *} stands for any characters */
    public PayloadMask(List<String> names) {
        this.names = names.stream().map(PayloadMask::pattern).toList();
    }

    private static Pattern pattern(String name) {
        return Pattern.compile(
                Arrays.stream(name.strip().split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
    }

    /** Whether it hides anything at all. */
    public boolean hides() {
        return !names.isEmpty();
    }

    /** Whether it hides the value of this field. */
    public boolean hides(String field) {
        return names.stream().anyMatch(name -> name.matcher(field).matches());
    }

    /** A copy in which the values are hidden; null stays null. */
    public <T extends JsonNode> T masked(T document) {
        @SuppressWarnings("unchecked") // deepCopy returns its own type
        T copy = (T) document.deepCopy();
        if (hides()) {
            hide(copy);
        }
        return copy;
    }

    private void hide(JsonNode node) {
        if (node instanceof ObjectNode object) {
            String fixed = object.path("field").asText();
            if (!fixed.isEmpty() && hides(fixed.substring(fixed.lastIndexOf('.') + 1))) {
                object.replace("old_value", TextNode.valueOf(MASKED));
                object.replace("new_value", TextNode.valueOf(MASKED));
            }
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                if (hides(field.getKey()) && !field.getValue().isNull()) {
                    object.put(field.getKey(), MASKED);
                } else {
                    hide(field.getValue());
                }
            }
        } else if (node instanceof ArrayNode array) {
            array.forEach(this::hide);
        }
    }
}
